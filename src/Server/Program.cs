using System.Net.Sockets;
using BigTech.Server;
using Microsoft.AspNetCore.Connections;

// The words and numbers of this program are for programs: the machine's language must not change them.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (options, exitCode) = ServerOptions.Parse(args);
if (options is null) return exitCode;
try
{
    if (options.Ask is { } server) return await HealthCommand.Run(server);
    RequireNormalization();
    using var source = options.From is { } from ? DataDirectory.Take(from) : null;
    using var data = options.KeepsData && source?.Is(options.DataDirectory) != true ? DataDirectory.Take(options.DataDirectory) : null;
    await using var app = Composition.Build(options, data?.Path ?? options.DataDirectory);
    if (source is not null) return await MigrateCommand.Run(source.Path, options.DataDirectory, app.Services);
    if (options.Command != ServerCommand.Run) return await DeadLetterCommands.Run(options.Command, app.Services);
    await app.StartAsync();
    Composition.Announce(app, options, data);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (SettingException error)
{
    return ServerOptions.Fail(error.Message).Item2;
}
catch (StartupException error)
{
    Console.Error.WriteLine(error.Message.ReplaceLineEndings(" "));
    return 1;
}
catch (AppError unavailable)
{
    Console.Error.WriteLine(unavailable.Message);
    return 1;
}
catch (IOException error) when (error.InnerException is AddressInUseException)
{
    Console.Error.WriteLine($"{error.Message.TrimEnd('.')}. Stop what listens there, or choose other addresses with --urls.");
    return 1;
}
catch (SocketException error)
{
    Console.Error.WriteLine($"Cannot listen: {error.Message}.");
    return 1;
}

// Base images without ICU set a variable with which .NET starts without it and leaves text as it is: names and passwords would not match.
static void RequireNormalization()
{
    if ("e\u0301".Normalize() == "\u00e9") return;
    throw new StartupException("Text cannot be normalized: install ICU (libicu) and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
}
