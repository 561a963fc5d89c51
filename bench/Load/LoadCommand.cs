using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace BigTech.Load;

/// <summary>The command line.</summary>
internal static class LoadCommand
{
    private const int Failed = 1;
    private const int WrongUsage = 2;

    /// <summary>After Ctrl-C, the time to stop the processes that the run started.</summary>
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(30);

    private static readonly Option<string[]> Only = new("--only")
    {
        Description = $"Scenarios to run, separated by commas: {string.Join(", ", LoadRun.ScenarioNames)}. All by default.",
        CustomParser = result => ParseList(result, text => text, LoadRun.ScenarioNames.Contains, "is not a scenario"),
        DefaultValueFactory = _ => [.. LoadRun.ScenarioNames],
    };

    private static readonly Option<int[]> Connections = new("--connections")
    {
        Description = "Numbers of connections that send at once.",
        CustomParser = result => ParseList(result, ParseNumber, n => n is > 0 and <= 1024, "is not a number from 1 to 1024"),
        DefaultValueFactory = _ => [1, 16, 64, 256],
    };

    private static readonly Option<int> Seconds = Number("--seconds", "Length of each measurement in seconds.", 5, 1, 60);
    private static readonly Option<int> Repeat =
        Number("--repeat", "How often each measurement is made, alternating with the echo.", 3, 1, 20);
    private static readonly Option<int> Streams = Number("--streams", "Idle streams to open.", 5000, 1, 100_000);
    private static readonly Option<int> FanoutStreams = Number("--fanout-streams", "Live streams of one room.", 1000, 1, 10_000);

    private static readonly Option<int> PresentUsers = Number("--present-users", "Users who come and go.", 10_000, 1, 100_000);

    private static readonly Option<double> WarmUp = new("--warm-up")
    {
        Description = "Seconds before each measurement that are not counted.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<FileInfo?> Server = new("--server")
    {
        Description = "Server.dll to start; this checkout's Release build by default.",
    };

    private static readonly Option<FileInfo?> Beside = new("--beside")
    {
        Description = "Another build's Server.dll: both run, and send in turns. Nothing else is measured then.",
    };

    private static readonly Option<Uri?> Url = new("--url")
    {
        Description = "A server on this machine that is running already, instead of starting one; its memory is not measured.",
        CustomParser = ParseUrl,
    };

    private static readonly Option<FileInfo> Out = new("--out")
    {
        Description = "JSON file for all figures.",
        DefaultValueFactory = _ => new FileInfo(Path.Combine(Workspace.RepositoryRoot ?? ".", "artifacts", "load.json")),
    };

    /// <summary>0: every answer was correct. 1: it could not run, or a result violated the specification. 2: wrong option.</summary>
    public static async Task<int> Run(string[] args)
    {
        var root = new RootCommand("Measures the chat server beside a bare Kestrel JSON echo on the same machine in the same run.")
        {
            Only, Connections, Seconds, Repeat, WarmUp, Streams, FanoutStreams, PresentUsers, Server, Beside, Url, Out,
        };
        root.SetAction((parsed, cancellation) => Measure(OptionsFrom(parsed), cancellation));
        var echo = new Command("echo", "The bare baseline.") { Hidden = true };
        echo.SetAction((_, cancellation) => EchoServer.Run(cancellation));
        root.Subcommands.Add(echo);
        var target = new Argument<string>("target");
        var proxy = new Command("proxy", "Bare YARP.") { target };
        proxy.Hidden = true;
        proxy.SetAction((parsed, cancellation) => BareProxy.Run(parsed.GetValue(target)!, cancellation));
        root.Subcommands.Add(proxy);

        var result = root.Parse(args);
        if (result.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync(result.Errors[0].Message);
            return WrongUsage;
        }

        return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = StopWithin });
    }

    private static LoadOptions OptionsFrom(ParseResult parsed)
    {
        var url = parsed.GetValue(Url);
        return new LoadOptions(
            parsed.GetValue(Only)!,
            parsed.GetValue(Seconds),
            parsed.GetValue(WarmUp),
            parsed.GetValue(Repeat),
            parsed.GetValue(Connections)!,
            parsed.GetValue(Streams),
            parsed.GetValue(FanoutStreams),
            parsed.GetValue(PresentUsers),
            url,
            url is null ? parsed.GetValue(Server)?.FullName ?? Workspace.BuiltServer : null,
            parsed.GetValue(Beside)?.FullName,
            parsed.GetValue(Out)!.FullName);
    }

    private static async Task<int> Measure(LoadOptions options, CancellationToken cancellation)
    {
        if (options.Url is null && !File.Exists(options.ServerDll))
        {
            var place = options.ServerDll ?? "a known place";
            await Console.Error.WriteLineAsync($"there is no server at {place}: name one with --server or --url");
            return WrongUsage;
        }

        if (options.BesideDll is { } beside && (options.Url is not null || !File.Exists(beside)))
        {
            await Console.Error.WriteLineAsync(options.Url is not null
                ? "--beside compares two builds that this run starts: it does not go with --url"
                : $"there is no server at {beside}");
            return WrongUsage;
        }

        try
        {
            return await LoadRun.Run(options, cancellation) ? 0 : Failed;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("interrupted");
            return Failed;
        }
    }

    private static Option<int> Number(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && ParseNumber(result.Tokens[0].Value) is var value && (value < least || value > most))
            {
                result.AddError($"{name} is a number from {least} to {most}");
            }
        });
        return option;
    }

    private static T[] ParseList<T>(ArgumentResult result, Func<string, T> parse, Func<T, bool> isValid, string otherwise)
    {
        var items = result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)).ToArray();
        foreach (var item in items.Where(item => !isValid(parse(item))))
        {
            result.AddError($"'{item}' {otherwise}");
        }

        return [.. items.Select(parse).Distinct()];
    }

    private static int ParseNumber(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : int.MinValue;

    private static Uri? ParseUrl(ArgumentResult result)
    {
        var text = result.Tokens[0].Value.Replace("://localhost", "://127.0.0.1", StringComparison.OrdinalIgnoreCase);
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == "http"
            && IPAddress.TryParse(url.Host, out var address) && IPAddress.IsLoopback(address))
        {
            return url;
        }

        result.AddError("--url is a http:// address of this machine, as http://localhost:8000");
        return null;
    }
}
