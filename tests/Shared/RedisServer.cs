using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

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
        // Between the moment at which a port is found to be free and that at which it is taken, another test may have taken it.
        const int attempts = 10;
        for (var attempt = 1; _shell is null; attempt++)
        {
            Port = FreePort();
            try
            {
                Start();
            }
            catch (InvalidOperationException) when (attempt < attempts)
            {
                End();
            }
        }
    }

    public int Port { get; private set; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Ends the server as a crash does: what it knew is gone.</summary>
    public void Kill()
    {
        using var server = Process.GetProcessById(_pid);
        server.Kill();
        End();
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
        if (_shell is not null) End();
    }

    private void End()
    {
        _shell!.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
        _shell = null;
    }

    private void WaitUntilItAnswers(List<string?> output)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20))
        {
            if (HasEnded()) break;
            if (Answers()) return;
            Thread.Sleep(10);
        }
        lock (output) throw new InvalidOperationException($"redis-server did not start (is it installed?): {string.Join("\n", output)}");
    }

    private bool HasEnded()
    {
        try
        {
            using var server = Process.GetProcessById(_pid);
            return server.HasExited;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    /// <summary>Whether it is this very server that answers at the port.</summary>
    private bool Answers()
    {
        try
        {
            using var client = new TcpClient { ReceiveTimeout = 1000 };
            client.Connect(IPAddress.Loopback, Port);
            var stream = client.GetStream();
            stream.Write("INFO server\r\n"u8);
            var buffer = new byte[16 * 1024];
            var count = stream.ReadAtLeast(buffer, 512, throwOnEndOfStream: false);
            return Encoding.ASCII.GetString(buffer, 0, count).Contains(
                string.Create(CultureInfo.InvariantCulture, $"process_id:{_pid}\r"), StringComparison.Ordinal);
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
