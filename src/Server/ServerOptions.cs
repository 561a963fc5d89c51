using System.CommandLine;
using System.CommandLine.Help;

namespace BigTech.Server;

internal enum ServerCommand
{
    Run,
    ListDeadLetters,
    ReplayDeadLetters,
}

/// <summary>What the command line says.</summary>
/// <param name="DataDirectory">Where the databases and keys live.</param>
/// <param name="Listen">Where each role listens.</param>
internal sealed record ServerOptions(ServerCommand Command, string DataDirectory, IReadOnlyList<Listener> Listen, LogLevel LogLevel)
{
    private const string DefaultTarget = "all";
    private const string EnvironmentPrefix = "BIGTECH_";

    /// <summary>Reads the command line. Options that are not given come from the environment, then from their defaults.</summary>
    /// <returns>The options, or the exit code of a run that ends here (help, version, a wrong option).</returns>
    public static (ServerOptions? Options, int ExitCode) Parse(string[] args)
    {
        var target = Option("--target", "The roles that this process takes. This version knows: all.", DefaultTarget);
        var data = Option("--data-dir", "The folder of the databases and keys.", "./data");
        var urls = Option("--urls", "Where to listen: URLs or role=URL, separated by semicolons; roles are gateway, chat, friend, notification, user.",
            Listener.Defaults);
        var log = Option("--log-level", "trace, debug, information, warning, error or critical.", "information");
        var root = new RootCommand("BigTech Chat: a real-time chat backend. Every option, and every setting (as Section__Name), can also be given in "
            + $"the environment with the prefix {EnvironmentPrefix}.") { target, data, urls, log };
        data.Recursive = true;
        log.Recursive = true;
        ServerCommand? chosen = null;
        root.SetAction(_ => { chosen = ServerCommand.Run; });
        root.Add(DeadLetterCommand(command => chosen = command));

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction) return Fail(parsed.Errors[0].Message);
        var exitCode = parsed.Invoke();
        if (chosen is not { } command) return (null, exitCode);
        if (parsed.GetValue(target) != DefaultTarget) return Fail($"--target: '{parsed.GetValue(target)}' is not one of: {DefaultTarget}.");
        if (string.IsNullOrWhiteSpace(parsed.GetValue(data))) return Fail("--data-dir: names no folder.");
        if (!Enum.TryParse<LogLevel>(parsed.GetValue(log), ignoreCase: true, out var level) || !Enum.IsDefined(level))
        {
            return Fail($"--log-level: '{parsed.GetValue(log)}' is not a level.");
        }
        var (listeners, error) = Listener.Parse(parsed.GetValue(urls)!);
        return error is null ? (new ServerOptions(command, parsed.GetValue(data)!, listeners, level), 0) : Fail($"--urls: {error}");
    }

    /// <summary>One clear line for the operator.</summary>
    public static (ServerOptions?, int) Fail(string message)
    {
        Console.Error.WriteLine(message.ReplaceLineEndings(" "));
        return (null, 2);
    }

    private static Command DeadLetterCommand(Action<ServerCommand> choose)
    {
        var list = new Command("list", "Show the events that could not be handled, with their errors.");
        list.SetAction(_ => choose(ServerCommand.ListDeadLetters));
        var replay = new Command("replay", "Handle them again, oldest first; those that fail again stay.");
        replay.SetAction(_ => choose(ServerCommand.ReplayDeadLetters));
        return new Command("dlq", "Dead letters of a data folder whose server is stopped.") { list, replay };
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
