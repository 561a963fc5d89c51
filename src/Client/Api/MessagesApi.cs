using static BigTech.Chat.Client.PathBuilder;

namespace BigTech.Chat.Client;

/// <summary>Messages, reactions and read positions.</summary>
public sealed class MessagesApi
{
    private readonly ApiConnection _api;

    internal MessagesApi(ApiConnection api) => _api = api;

    /// <summary>
    /// Sends a text. The answer comes when it is stored. To send through outages use a <see cref="MessageOutbox"/>.
    /// </summary>
    public Task<Message> Send(long roomId, string content, CancellationToken ct = default) => Send(roomId, new NewMessage(content), ct);

    /// <summary>Sends a message. With a client id it may be sent again: the answer is the first message then.</summary>
    /// <exception cref="ChatApiException">
    /// 403: not a member, or <c>blocked</c>. 404: no such room. 409: another message has this client id.
    /// </exception>
    public Task<Message> Send(long roomId, NewMessage message, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var named = message.ClientMessageId is null ? message with { ClientMessageId = NewClientId() } : message;
        return _api.Send(HttpMethod.Post, $"messages/{roomId}", named, ChatJson.Default.NewMessage, ChatJson.Default.Message, ct);
    }

    /// <summary>A page of the messages of a room, newest first.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="limit">1 to 100.</param>
    /// <param name="before">Older than this: a place in the room, the id of a message, or a cursor.</param>
    /// <param name="after">Newer than this.</param>
    /// <param name="around">This message and those beside it. At most one of the three.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<MessagePage> List(
        long roomId, int? limit = null, string? before = null, string? after = null, string? around = null,
        CancellationToken ct = default) => _api.Get(
        Path($"messages/{roomId}", ("limit", limit), ("before", before), ("after", after), ("around", around)),
        ChatJson.Default.MessagePage, ct);

    /// <summary>Changes the text of one's own message.</summary>
    public Task<Message> Edit(string messageId, string content, CancellationToken ct = default) => _api.Send(
        HttpMethod.Patch, $"messages/{Segment(messageId)}", new ContentBody(content), ChatJson.Default.ContentBody,
        ChatJson.Default.Message, ct);

    /// <summary>Deletes a message: one's own, or as an admin.</summary>
    public Task<Message> Delete(string messageId, CancellationToken ct = default) =>
        _api.Send(HttpMethod.Delete, $"messages/{Segment(messageId)}", ChatJson.Default.Message, ct);

    /// <summary>Adds one's emoji to a message.</summary>
    public Task<Message> AddReaction(string messageId, string emoji, CancellationToken ct = default) =>
        React(HttpMethod.Post, messageId, emoji, ct);

    /// <summary>Takes one's emoji from a message.</summary>
    public Task<Message> RemoveReaction(string messageId, string emoji, CancellationToken ct = default) =>
        React(HttpMethod.Delete, messageId, emoji, ct);

    /// <summary>Pins a message to its room.</summary>
    public Task Pin(string messageId, CancellationToken ct = default) =>
        _api.Send(HttpMethod.Post, $"messages/{Segment(messageId)}/pin", ct);

    /// <summary>Takes a pin away.</summary>
    public Task Unpin(string messageId, CancellationToken ct = default) =>
        _api.Send(HttpMethod.Delete, $"messages/{Segment(messageId)}/pin", ct);

    /// <summary>Moves the caller's read position up to a message, forward only.</summary>
    public Task<ReadState> MarkRead(long roomId, string upToMessageId, CancellationToken ct = default) =>
        Mark(new MarkReadBody(roomId, UpToMessageId: upToMessageId), ct);

    /// <summary>Moves the caller's read position to the newest message.</summary>
    public Task<ReadState> MarkAllRead(long roomId, CancellationToken ct = default) => Mark(new MarkReadBody(roomId, All: true), ct);

    /// <summary>How many messages of a room the caller has not read.</summary>
    public async Task<long> CountUnread(long roomId, CancellationToken ct = default) =>
        (await _api.Get($"messages/room/{roomId}/unread-count", ChatJson.Default.UnreadAnswer, ct)).UnreadCount;

    /// <summary>A new client id: a UUIDv7 (RFC 9562).</summary>
    internal static string NewClientId() => Guid.CreateVersion7().ToString();

    private Task<Message> React(HttpMethod method, string messageId, string emoji, CancellationToken ct) => _api.Send(
        method, $"messages/{Segment(messageId)}/reactions", new EmojiBody(emoji), ChatJson.Default.EmojiBody, ChatJson.Default.Message, ct);

    private Task<ReadState> Mark(MarkReadBody body, CancellationToken ct) =>
        _api.Send(HttpMethod.Post, "messages/read", body, ChatJson.Default.MarkReadBody, ChatJson.Default.ReadState, ct);
}
