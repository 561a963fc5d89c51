using System.Globalization;

namespace BigTech.Tests.Testing;

/// <summary>A redis-server that the tests own, on a free port, without persistence. It ends with the test process.</summary>
public sealed class RedisServer : IDisposable
{
    private WatchedProgram? _program;

    /// <summary>Starts the server and waits until it answers.</summary>
    public RedisServer()
    {
        // Another test may take the port after it was found free and before the server binds it.
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
                // Retries with another port.
            }
        }
    }

    public int Port { get; private set; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Kills the server like a crash: its data is lost.</summary>
    public void Kill()
    {
        _program!.Dispose();
        _program = null;
    }

    /// <summary>Starts it again, empty, on the same port.</summary>
    public void Start() => _program = new WatchedProgram(
        "Ready to accept connections", "redis-server", "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1",
        "--save", "",
        "--appendonly", "no", "--dir", Path.GetTempPath());

    public void Dispose() => _program?.Dispose();
}
