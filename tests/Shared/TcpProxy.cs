using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BigTech.Tests.Shared;

/// <summary>
/// A way to a server that a test can make slow, deaf or broken. While it is <see cref="Hold">held</see> connections open and bytes are
/// taken, but none arrives, as behind a firewall that drops packets; <see cref="Cut"/> closes them and takes no new ones, as when the
/// server's machine is gone.
/// </summary>
public sealed class TcpProxy : IDisposable
{
    private volatile IPEndPoint _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly ConcurrentDictionary<Socket, byte> _silenced = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile TaskCompletionSource _flowing = Flowing();
    private volatile bool _isCut;
    private int _accepted;

    public TcpProxy(int targetPort)
    {
        _target = new IPEndPoint(IPAddress.Loopback, targetPort);
        _listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>How many connections have come.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>What every piece of data waits for in each direction.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Once a client has said this, the connection ends: the server has heard it, and the client never hears the answer.</summary>
    public string? LastWord { get; set; }

    /// <summary>Leads new connections to another server; those that are open stay where they are.</summary>
    public void Redirect(int targetPort) => _target = new IPEndPoint(IPAddress.Loopback, targetPort);

    public void Hold() => _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Cut()
    {
        _isCut = true;
        foreach (var (socket, _) in _open) socket.Close();
    }

    /// <summary>All is well again; what was held arrives.</summary>
    public void Heal()
    {
        _isCut = false;
        _flowing.TrySetResult();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        Cut();
        _stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true) _ = Forward(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task Forward(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _open[client] = _open[server] = 0;
        Interlocked.Increment(ref _accepted);
        try
        {
            if (_isCut) return;
            client.NoDelay = server.NoDelay = true;
            await server.ConnectAsync(_target, _stop.Token);
            await Task.WhenAny(Copy(client, server), Copy(server, client));
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // One of the two has gone, and with it this connection.
        }
        finally
        {
            client.Dispose();
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            _silenced.TryRemove(server, out _);
        }
    }

    private async Task Copy(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
        {
            await _flowing.Task.WaitAsync(_stop.Token);
            // The fault itself.
            if (Delay > TimeSpan.Zero) await Task.Delay(Delay, _stop.Token);
            // The answer to the last word: it is done, and nobody hears of it.
            if (_silenced.ContainsKey(from)) return;
            if (LastWord is { } word && buffer.AsSpan(0, count).IndexOf(Encoding.UTF8.GetBytes(word)) >= 0)
            {
                LastWord = null;
                _silenced[to] = 0;
            }
            await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }

    private static TaskCompletionSource Flowing()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
