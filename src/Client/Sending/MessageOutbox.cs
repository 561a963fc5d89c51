namespace BigTech.Chat.Client;

/// <summary>
/// Sends messages through outages: those of a room in their order, each once, until the server has stored or refused it. What is not sent
/// yet is in <see cref="Unsent"/>; keep it at each <see cref="Changed"/> to go on after a restart of the program.
/// </summary>
public sealed class MessageOutbox : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(30);

    private readonly ChatClient _client;
    private readonly Lock _gate = new();
    private readonly List<OutboxMessage> _messages = [];
    private readonly Dictionary<long, Task> _senders = [];
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _wake = NewWake();

    /// <summary>An outbox that begins with what was <see cref="Unsent"/>.</summary>
    public MessageOutbox(ChatClient client, IEnumerable<OutboxEntry>? unsent = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        foreach (var entry in unsent ?? []) Add(entry);
    }

    /// <summary>
    /// A message was added, has another state, or was removed. Called on any thread. A handler that throws stops no message: its error is
    /// an <see cref="TaskScheduler.UnobservedTaskException"/>.
    /// </summary>
    public event Action<OutboxMessage>? Changed;

    /// <summary>All messages that the server has not stored, in the order in which they were added.</summary>
    public IReadOnlyList<OutboxMessage> Messages
    {
        get
        {
            lock (_gate) return [.. _messages];
        }
    }

    /// <summary>The same, to be kept.</summary>
    public IReadOnlyList<OutboxEntry> Unsent => [.. Messages.Select(message => message.Entry)];

    /// <summary>Adds a text.</summary>
    public OutboxMessage Add(long roomId, string content) => Add(roomId, new NewMessage(content));

    /// <summary>Adds a message; it gets a client id if it has none.</summary>
    public OutboxMessage Add(long roomId, NewMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var named = message.ClientMessageId is null ? message with { ClientMessageId = MessagesApi.NewClientId() } : message;
        return Add(new OutboxEntry(roomId, named, _client.Time.GetUtcNow()));
    }

    /// <summary>Tries at once what waits for its next attempt, such as when the network is back.</summary>
    public void RetryNow()
    {
        TaskCompletionSource wake;
        lock (_gate) (wake, _wake) = (_wake, NewWake());
        wake.SetResult();
    }

    /// <summary>Sends a message again that was refused, after those that wait already.</summary>
    public void Retry(OutboxMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        lock (_gate)
        {
            if (message.State != OutboxState.Failed || !_messages.Remove(message)) return;
            (message.State, message.Entry) = (OutboxState.Waiting, message.Entry with { IsRefused = false });
            _messages.Add(message);
        }
        Tell(message);
        StartSender(message.Entry.RoomId);
    }

    /// <summary>Takes a message out.</summary>
    /// <returns>False if it is being sent, or was.</returns>
    public bool Remove(OutboxMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        lock (_gate)
        {
            if (message.State is not (OutboxState.Waiting or OutboxState.Failed) || !_messages.Remove(message)) return false;
        }
        message.Cancel();
        Tell(message);
        return true;
    }

    /// <summary>Stops sending. What is <see cref="Unsent"/> stays so.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] senders;
        lock (_gate) senders = [.. _senders.Values];
        await Task.WhenAll(senders);
        _stop.Dispose();
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OutboxMessage Add(OutboxEntry entry)
    {
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        var message = new OutboxMessage(entry);
        lock (_gate) _messages.Add(message);
        Tell(message);
        StartSender(entry.RoomId);
        return message;
    }

    private void StartSender(long roomId)
    {
        lock (_gate)
        {
            if (!_senders.ContainsKey(roomId)) _senders[roomId] = SendAll(roomId);
        }
    }

    /// <summary>Sends the messages of a room until none waits.</summary>
    private async Task SendAll(long roomId)
    {
        await Task.Yield();
        while (Next(roomId) is { } message)
        {
            if (await Attempt(message)) continue;
            lock (_gate) _senders.Remove(roomId);
            return;
        }
    }

    /// <summary>The message to send now. Without one the sender of the room ends in the same step.</summary>
    private OutboxMessage? Next(long roomId)
    {
        lock (_gate)
        {
            var next = _messages.Find(message => message.Entry.RoomId == roomId && message.State == OutboxState.Waiting);
            if (next is null) _senders.Remove(roomId);
            return next;
        }
    }

    /// <summary>Sends one message, for as long as it takes or until it is removed.</summary>
    /// <returns>False if the outbox was stopped meanwhile.</returns>
    private async Task<bool> Attempt(OutboxMessage message)
    {
        for (var failures = 1; TryTake(message); failures++)
        {
            Tell(message);
            var isDone = await TrySend(message);
            Tell(message);
            if (isDone) return true;
            if (_stop.IsCancellationRequested) return false;
            if (!await Pause(Retrying.PauseAfter(failures, FirstPause, MaxPause, Retrying.WantedBy(message.Error)))) return false;
        }
        return true;
    }

    /// <summary>Takes the message for an attempt; false if it was removed while it waited.</summary>
    private bool TryTake(OutboxMessage message)
    {
        lock (_gate)
        {
            if (!_messages.Contains(message)) return false;
            message.State = OutboxState.Sending;
            return true;
        }
    }

    /// <returns>False if another attempt is to be made. It may have arrived: with the same client id it gives no second message.</returns>
    private async Task<bool> TrySend(OutboxMessage message)
    {
        try
        {
            var sent = await _client.Messages.Send(message.Entry.RoomId, message.Entry.Message, _stop.Token);
            lock (_gate) _messages.Remove(message);
            message.Complete(sent);
            return true;
        }
        catch (Exception error)
        {
            var isRefused = !_stop.IsCancellationRequested && !Retrying.IsTemporary(error);
            if (!_stop.IsCancellationRequested) message.Error = error;
            lock (_gate)
            {
                message.State = isRefused ? OutboxState.Failed : OutboxState.Waiting;
                if (isRefused) message.Entry = message.Entry with { IsRefused = true };
            }
            return isRefused;
        }
    }

    /// <summary>A handler that throws stops no message: its error becomes an unobserved exception of a task.</summary>
    private void Tell(OutboxMessage message)
    {
        try
        {
            Changed?.Invoke(message);
        }
        catch (Exception error)
        {
            _ = Task.FromException(error);
        }
    }

    private async Task<bool> Pause(TimeSpan pause)
    {
        Task wake;
        lock (_gate) wake = _wake.Task;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAny(Task.Delay(pause, _client.Time, enough.Token), wake);
        await enough.CancelAsync();
        return !_stop.IsCancellationRequested;
    }
}
