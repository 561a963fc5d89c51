using System.Net;
using BigTech.WebClient.Browser;

namespace BigTech.WebClient.State;

/// <summary>Keeps the state of a signed-in user live: one loop for each stream, until the user signs out.</summary>
public sealed class LiveUpdates(ChatClient chat, Account account, RoomList rooms, Contacts contacts, Alerts alerts, Outbox outbox)
    : Observable, IDisposable
{
    private static readonly TimeSpan StartAgainAfter = TimeSpan.FromSeconds(5);

    private CancellationTokenSource? _stop;

    /// <summary>Whether events come at this moment.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>The user looks at the page again.</summary>
    public event Action? SeenAgain;

    /// <summary>Whether the connection was lost for longer than a moment.</summary>
    public bool IsLost { get; private set; }

    public void Start()
    {
        account.SignedIn += Begin;
        account.SignedOut += () => _ = End();
        BrowserScript.OnVisible(isVisible =>
        {
            if (!isVisible) return;
            SeenAgain?.Invoke();
            Hurry();
        });
        BrowserScript.OnNetwork(isOnline =>
        {
            if (isOnline) Hurry();
            IsLost = !isOnline || (IsLost && !IsConnected);
            Tell();
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _stop?.Dispose();

    private void Begin()
    {
        _ = outbox.Start(account.Id);
        FollowAll();
    }

    /// <summary>What waits for its next attempt does not wait any longer.</summary>
    private void Hurry()
    {
        outbox.RetryNow();
        if (_stop is null || IsConnected) return;
        _stop.Cancel();
        _stop.Dispose();
        FollowAll();
    }

    private void FollowAll()
    {
        _stop = new CancellationTokenSource();
        var ct = _stop.Token;
        _ = Follow(chat.Streams.FollowAllRooms, change =>
        {
            Watch(change);
            rooms.Apply(change);
        }, ct);
        _ = Follow(chat.Streams.FollowNotifications, alerts.Apply, ct);
        _ = Follow(chat.Streams.FollowFriends, contacts.Apply, ct);
        _ = Follow(chat.Streams.FollowPresence, contacts.Apply, ct);
    }

    private async Task End()
    {
        if (_stop is null) return;
        await _stop.CancelAsync();
        _stop.Dispose();
        _stop = null;
        await outbox.Stop();
        rooms.Clear();
        contacts.Clear();
        alerts.Clear();
    }

    private static async Task Follow(
        Func<CancellationToken, IAsyncEnumerable<StreamEvent>> stream, Action<StreamEvent> apply, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in stream(ct)) apply(change);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (ChatApiException refusal) when (refusal.Status == HttpStatusCode.Unauthorized)
            {
                // The session has ended, and says so itself.
                return;
            }
            catch (Exception error)
            {
                // Whatever it was: the stream begins again with a snapshot, and the page goes on.
                await Console.Error.WriteLineAsync($"{error}");
            }
            // The server has ended it for good, or what it brought could not be applied.
            await Task.Delay(StartAgainAfter, CancellationToken.None);
        }
    }

    private void Watch(StreamEvent change)
    {
        switch (change)
        {
            case StreamReady or StreamReset or RoomListSnapshot:
                (IsConnected, IsLost) = (true, false);
                outbox.RetryNow();
                break;
            case StreamInterrupted interrupted:
                IsConnected = false;
                // The server's own rotation is no loss.
                IsLost = interrupted.Error is not null || !BrowserScript.IsOnline();
                break;
            default:
                return;
        }
        Tell();
    }
}
