namespace BigTech.Chat.Client;

/// <summary>A message on its way to the server.</summary>
public sealed class OutboxMessage
{
    private readonly TaskCompletionSource<Message> _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal OutboxMessage(OutboxEntry entry)
    {
        Entry = entry;
        State = entry.IsRefused ? OutboxState.Failed : OutboxState.Waiting;
    }

    /// <summary>What to keep of it to send it after a restart of the program.</summary>
    public OutboxEntry Entry { get; internal set; }

    /// <summary>Where it is.</summary>
    public OutboxState State { get; internal set; }

    /// <summary>Why the last attempt failed, null if there was none since the start of the program.</summary>
    public Exception? Error { get; internal set; }

    /// <summary>
    /// Ends with the message as the server has stored it. It does not fail while <see cref="MessageOutbox.Retry"/> may still send it; it is
    /// cancelled when the message is removed.
    /// </summary>
    public Task<Message> Sent => _sent.Task;

    internal void Complete(Message message)
    {
        State = OutboxState.Sent;
        _sent.TrySetResult(message);
    }

    internal void Cancel() => _sent.TrySetCanceled();
}

/// <summary>A message that is not sent yet, to be kept where a restart of the program does not lose it.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Message">With its client id, so that a second send gives no second message.</param>
/// <param name="AddedAt">When the user sent it.</param>
public sealed record OutboxEntry(long RoomId, NewMessage Message, DateTimeOffset AddedAt)
{
    /// <summary>Whether the server has refused it: it is not sent again unless it is retried.</summary>
    public bool IsRefused { get; init; }
}

/// <summary>Where a message of a <see cref="MessageOutbox"/> is.</summary>
public enum OutboxState
{
    /// <summary>It waits for those before it in its room, or for the next attempt.</summary>
    Waiting,

    /// <summary>An attempt is under way.</summary>
    Sending,

    /// <summary>The server has stored it.</summary>
    Sent,

    /// <summary>The server has refused it: <see cref="OutboxMessage.Error"/> says why. It stays until it is retried or removed.</summary>
    Failed,
}
