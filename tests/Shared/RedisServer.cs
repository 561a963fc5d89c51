using System.Globalization;

namespace BigTech.Tests.Shared;

/// <summary>A redis-server of the tests' own, on a free port of this machine, that keeps nothing on disk and ends with the test process.</summary>
public sealed class RedisServer : IDisposable
{
    private WatchedProgram? _program;

    /// <summary>Starts a server that answers.</summary>
    public RedisServer()
    {
        // Between the moment at which a port is found to be free and that at which it is taken, another test may have taken it.
        const int attempts = 10;
        for (var attempt = 1; _program is null; attempt++)
        {
            Port = Loopback.FreePort();
            try
            {
                Start();
            }
            catch (InvalidOperationException) when (attempt < attempts)
            {
                // With the next port, then.
            }
        }
    }

    public int Port { get; private set; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Ends the server as a crash does: what it knew is gone.</summary>
    public void Kill()
    {
        _program!.Dispose();
        _program = null;
    }

    /// <summary>Starts it again, empty, on the same port.</summary>
    public void Start() => _program = new WatchedProgram(
        "Ready to accept connections", "redis-server", "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "",
        "--appendonly", "no", "--dir", Path.GetTempPath());

    public void Dispose() => _program?.Dispose();
}
