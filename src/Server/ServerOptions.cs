using System.CommandLine;
using System.CommandLine.Help;

namespace BigTech.Server;

internal enum ServerCommand
{
    Run,
    ListDeadLetters,
    ReplayDeadLetters,
    Migrate,
    AskHealth,
}

/// <summary>The command line.</summary>
/// <param name="Roles">The roles of this process.</param>
/// <param name="DataDirectory">The folder of the databases and keys.</param>
/// <param name="Listen">The address of each role.</param>
/// <param name="From">The folder of the installation to migrate; null for other commands.</param>
/// <param name="Ask">The address of the server to ask for its health; null for other commands.</param>
internal sealed record ServerOptions(
    ServerCommand Command, IReadOnlySet<Role> Roles, string DataDirectory, IReadOnlyList<EndpointBinding> Listen, LogLevel LogLevel,
    string? From = null, Uri? Ask = null)
{
    private const string DefaultTarget = "all";
    private const string EnvironmentPrefix = "BIGTECH_";

    /// <summary>Whether this process stores data; a gateway alone does not.</summary>
    public bool KeepsData => Roles.Count > 1 || !Roles.Contains(Server.Roles.Gateway);

    /// <summary>Whether all roles run in this process.</summary>
    public bool IsWhole => Roles.Count == Server.Roles.All.Count;

    /// <summary>Reads the command line. Missing options come from the environment, then from their defaults.</summary>
    /// <returns>The options, or the exit code if the run ends here (help, version, an invalid option).</returns>
    public static (ServerOptions? Options, int ExitCode) Parse(string[] args)
    {
        var target = Option("--target", $"The roles that this process takes: all, or some of {Server.Roles.Keys}, separated by commas.",
            DefaultTarget);
        var data = Option("--data-dir", "The folder of the databases and keys.", "./data");
        var urls = Option("--urls", $"Where to listen: URLs or role=URL, separated by semicolons; roles are {Server.Roles.Keys}, "
            + $"and {Server.Roles.Metrics.Key}.", EndpointBinding.Defaults);
        var log = Option("--log-level", "trace, debug, information, warning, error or critical.", "information");
        var root = new RootCommand(
            "BigTech Chat: a real-time chat backend. Every option, and every setting (as Section__Name), can also be given in "
            + $"the environment with the prefix {EnvironmentPrefix}.") { target, data, urls, log };
        data.Recursive = true;
        log.Recursive = true;
        ServerCommand? chosen = null;
        root.SetAction(_ => { chosen = ServerCommand.Run; });
        root.Add(DeadLetterCommand(command => chosen = command));
        var from = new Option<string>("--from")
        {
            Description = "The data folder of the embedded installation. No server may have it.",
            Required = true
        };
        var migrate = new Command("migrate", "Move an embedded installation, whose server is stopped, to the SQL server of the settings "
            + "(Sql__Engine=mysql). Goes on where it was interrupted.") { from };
        migrate.SetAction(_ => { chosen = ServerCommand.Migrate; });
        root.Add(migrate);
        var ask = new Option<string?>("--url")
        {
            Description = "The address to ask, or the whole URL; by default the first address of --urls."
        };
        var health = new Command("health", "Ask a running server whether it is ready: 0 if it is, else 1 and the reason.")
        {
            ask, target, urls
        };
        health.SetAction(_ => { chosen = ServerCommand.AskHealth; });
        root.Add(health);

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction) return Fail(parsed.Errors[0].Message);
        var exitCode = parsed.Invoke();
        if (chosen is not { } command) return (null, exitCode);
        var isMigration = command == ServerCommand.Migrate;
        var (roles, unknown) = ParseRoles(isMigration ? DefaultTarget : parsed.GetValue(target)!);
        if (unknown is not null) return Fail($"--target: '{unknown}' is not one of: {DefaultTarget}, {Server.Roles.Keys}.");
        if (string.IsNullOrWhiteSpace(parsed.GetValue(data))) return Fail("--data-dir: names no folder.");
        if (isMigration && !Directory.Exists(parsed.GetValue(from))) return Fail($"--from: there is no folder '{parsed.GetValue(from)}'.");
        if (!Enum.TryParse<LogLevel>(parsed.GetValue(log), ignoreCase: true, out var level) || !Enum.IsDefined(level))
        {
            return Fail($"--log-level: '{parsed.GetValue(log)}' is not a level.");
        }
        var (listeners, error) = EndpointBinding.Parse(parsed.GetValue(urls)!, roles);
        if (error is not null) return Fail($"--urls: {error}");
        if (command == ServerCommand.AskHealth)
        {
            var given = parsed.GetValue(ask);
            var url = given is null ? HealthCommand.UrlOf(listeners[0].Url) : HealthCommand.UrlFrom(given);
            if (url is null) return Fail($"--url: '{given}' is not an HTTP address.");
            return (new ServerOptions(command, roles, "", listeners, level, Ask: url), 0);
        }
        return (new ServerOptions(command, roles, parsed.GetValue(data)!, listeners, level, isMigration ? parsed.GetValue(from) : null), 0);
    }

    /// <summary>Prints the error to the operator in one line.</summary>
    public static (ServerOptions?, int) Fail(string message)
    {
        Console.Error.WriteLine(message.ReplaceLineEndings(" "));
        return (null, 2);
    }

    private static (IReadOnlySet<Role> Roles, string? Unknown) ParseRoles(string text)
    {
        if (text == DefaultTarget) return (Server.Roles.All.ToHashSet(), null);
        var keys = text.Split(',', StringSplitOptions.TrimEntries);
        return (keys.Select(Server.Roles.Find).OfType<Role>().ToHashSet(), keys.FirstOrDefault(key => Server.Roles.Find(key) is null));
    }

    private static Command DeadLetterCommand(Action<ServerCommand> choose)
    {
        var list = new Command("list", "Show the events that could not be handled, with their errors.");
        list.SetAction(_ => choose(ServerCommand.ListDeadLetters));
        var replay = new Command("replay", "Handle them again, oldest first; those that fail again stay.");
        replay.SetAction(_ => choose(ServerCommand.ReplayDeadLetters));
        return new Command(
            "dlq", "Dead letters: of a data folder whose server is stopped, or on Kafka of roles that may run.") { list, replay };
    }

    private static Option<string> Option(string name, string description, string fallback)
    {
        var variable = EnvironmentPrefix + name.TrimStart('-').ToUpperInvariant().Replace('-', '_');
        return new Option<string>(name)
        {
            Description = $"{description} [{variable}]",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? given : fallback,
        };
    }
}
