using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BigTech.Tests.Shared;

/// <summary>A redis-server of the tests' own, on a free port of this machine, that keeps nothing on disk and ends with the test process.</summary>
public sealed class RedisServer : IDisposable
{
    // The shell waits for the end of its input, which comes whatever becomes of the tests, and takes the server along.
    private const string Watch = "redis-server \"$@\" >&2 & echo $!; read -r _; kill -KILL $!";

    private Process? _shell;
    private int _pid;

    /// <summary>Starts a server that answers.</summary>
    public RedisServer()
    {
        Port = FreePort();
        Start();
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Ends the server as a crash does: what it knew is gone.</summary>
    public void Kill()
    {
        using var server = Process.GetProcessById(_pid);
        server.Kill();
        _shell!.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
        _shell = null;
    }

    /// <summary>Starts it again, empty, on the same port.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "-c", Watch, "sh", "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", Path.GetTempPath(),
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _shell = Process.Start(start)!;
        var output = new List<string?>();
        _shell.ErrorDataReceived += (_, line) =>
        {
            lock (output) output.Add(line.Data);
        };
        _shell.BeginErrorReadLine();
        _pid = int.Parse(_shell.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        WaitUntilItAnswers(output);
    }

    public void Dispose()
    {
        if (_shell is not null) Kill();
    }

    private void WaitUntilItAnswers(List<string?> output)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20))
        {
            if (_shell!.HasExited) break;
            if (Answers()) return;
            Thread.Sleep(10);
        }
        lock (output) throw new InvalidOperationException($"redis-server did not start (is it installed?): {string.Join("\n", output)}");
    }

    private bool Answers()
    {
        try
        {
            using var client = new TcpClient { ReceiveTimeout = 1000 };
            client.Connect(IPAddress.Loopback, Port);
            var stream = client.GetStream();
            stream.Write("PING\r\n"u8);
            return stream.ReadByte() == '+';
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
