using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BigTech.Tests.Testing;

/// <summary>
/// A proxy to a server that a test can silence or break. While it is <see cref="Hold">held</see>, connections open and bytes are
/// accepted, but none arrives, as behind a firewall that drops packets; <see cref="Cut"/> closes the connections and accepts no new ones,
/// as when the server's machine is down.
/// </summary>
public sealed class TcpProxy : IDisposable
{
    private volatile IPEndPoint _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly ConcurrentDictionary<Socket, byte> _silenced = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile TaskCompletionSource _flowing = Flowing();
    private readonly TaskCompletionSource _lastWordHasRun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isCut;
    private int _accepted;
    private long _passed;

    public TcpProxy(int targetPort)
    {
        _target = new IPEndPoint(IPAddress.Loopback, targetPort);
        _listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>The number of accepted connections.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>The bytes that have gone over it, in both directions.</summary>
    public long Passed => Volatile.Read(ref _passed);

    /// <summary>
    /// After a client has sent this text its connection is silent until <see cref="EndAfterLastWord"/>: the server receives the text, and
    /// the client gets no answer.
    /// </summary>
    public string? LastWord { get; set; }

    /// <summary>Ends the connection of the last word, whose effect at the server the test has seen.</summary>
    public void EndAfterLastWord() => _lastWordHasRun.TrySetResult();

    /// <summary>Routes new connections to another server; open ones keep theirs.</summary>
    public void Redirect(int targetPort) => _target = new IPEndPoint(IPAddress.Loopback, targetPort);

    public void Hold() => _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Cut()
    {
        _isCut = true;
        foreach (var (socket, _) in _open) socket.Close();
    }

    /// <summary>Ends the fault; held data arrives.</summary>
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
            // The test has ended.
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
            // One of the two sides has closed, which ends this connection.
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
            if (_silenced.ContainsKey(from)) continue;
            var isLast = LastWord is { } word && buffer.AsSpan(0, count).IndexOf(Encoding.UTF8.GetBytes(word)) >= 0;
            if (isLast)
            {
                LastWord = null;
                _silenced[to] = 0;
            }
            await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            Interlocked.Add(ref _passed, count);
            if (!isLast) continue;
            await _lastWordHasRun.Task.WaitAsync(_stop.Token);
            return;
        }
    }

    private static TaskCompletionSource Flowing()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
