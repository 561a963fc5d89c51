using System.Text.Json;
using BigTech.WebClient.Browser;

namespace BigTech.WebClient.State;

/// <summary>The messages that the server does not have yet. They outlive the page, and are sent when the network is back.</summary>
public sealed class Outbox(ChatClient chat) : Observable, IAsyncDisposable
{
    private const int MaxSent = 100;

    // The server has them, and the stream is yet to bring them: they must not vanish in between.
    private readonly List<OutboxMessage> _sent = [];
    // Written before the browser's database has answered.
    private readonly List<(long RoomId, NewMessage Message)> _early = [];
    private MessageOutbox? _messages;
    private string _user = "";

    /// <summary>What was sent of late, is sent, waits or was refused in a room, oldest first.</summary>
    public IEnumerable<OutboxMessage> Of(long roomId) =>
        _sent.Concat(_messages?.Messages ?? []).Where(message => message.Entry.RoomId == roomId);

    /// <summary>Begins with what an earlier visit has not sent.</summary>
    public async Task Start(long userId)
    {
        var user = _user = $"{userId}";
        var left = await OutboxScript.All(user);
        // The user may have signed out meanwhile.
        if (_user != user || _messages is not null) return;
        var messages = JsonSerializer.Deserialize(left, WebClientJson.Default.ListOutboxEntry) ?? [];
        _messages = new MessageOutbox(chat, messages.OrderBy(entry => entry.AddedAt));
        _messages.Changed += Keep;
        foreach (var (roomId, message) in _early) _messages.Add(roomId, message);
        _early.Clear();
        Tell();
    }

    public async Task Stop()
    {
        _user = "";
        _early.Clear();
        if (_messages is null) return;
        var messages = _messages;
        _messages = null;
        _sent.Clear();
        messages.Changed -= Keep;
        await messages.DisposeAsync();
        Tell();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Stop();

    public void Add(long roomId, NewMessage message)
    {
        if (_messages is null) _early.Add((roomId, message));
        else _messages.Add(roomId, message);
    }

    public void Retry(OutboxMessage message) => _messages?.Retry(message);

    public void Remove(OutboxMessage message) => _messages?.Remove(message);

    /// <summary>The network is back.</summary>
    public void RetryNow() => _messages?.RetryNow();

    private void Keep(OutboxMessage message)
    {
        var id = message.Entry.Message.ClientMessageId!;
        if (message.State == OutboxState.Sent)
        {
            _sent.Add(message);
            if (_sent.Count > MaxSent) _sent.RemoveAt(0);
        }
        var isLeft = _messages?.Messages.Contains(message) == true;
        _ = message.State == OutboxState.Sent || !isLeft
            ? OutboxScript.Remove(id)
            : OutboxScript.Put(id, _user, JsonSerializer.Serialize(message.Entry, WebClientJson.Default.OutboxEntry));
        Tell();
    }
}
