using System.Text.Json;
using BigTech.Platform.Redis;

namespace BigTech.Chat.Streaming;

/// <summary>What clients are told of a member who types.</summary>
/// <param name="Version">The room's at that time; typing changes nothing.</param>
/// <param name="ExpiresAt">When a client that hears no more takes it away; null once it has ended.</param>
internal sealed record TypingEvent(long RoomId, long Version, long UserId, string Username, bool IsTyping, DateTimeOffset? ExpiresAt);

/// <summary>A member types, as the replicas tell each other.</summary>
/// <param name="Version">The room's when the member was last known to be in it.</param>
/// <param name="ExpiresAt">Null: the member's last stream of the room has closed at the sending replica; then only room and user are set.</param>
/// <param name="HiddenFrom">The members who block this one or are blocked by this one.</param>
internal sealed record TypingSignal(
    long RoomId, long Version, long UserId, string Username, DateTimeOffset? ExpiresAt, IReadOnlyCollection<long> HiddenFrom);

/// <summary>
/// Who types, shown on the streams of this process and, over the backplane, of the other replicas. Kept nowhere: a signal that gets lost is
/// made good by the next one, or by the end that each carries.
/// </summary>
internal sealed class TypingIndicators
{
    /// <summary>For so long one request shows its sender as typing.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(6);

    private const string Channel = "typing";

    private readonly RoomHub _hub;
    private readonly IBackplane _backplane;

    public TypingIndicators(RoomHub hub, IBackplane backplane)
    {
        _hub = hub;
        _backplane = backplane;
        backplane.Subscribe(Channel, Receive, missed: static () => { });
        hub.TypingAbandoned += (roomId, userId) => Publish(new TypingSignal(roomId, 0, userId, "", null, []));
    }

    public void Show(TypingSignal signal)
    {
        _hub.ShowTyping(signal);
        Publish(signal);
    }

    private void Receive(string text)
    {
        var signal = JsonSerializer.Deserialize(text, ChatJson.Wire.TypingSignal)!;
        if (signal.ExpiresAt is null) _hub.AbandonTyping(signal.RoomId, signal.UserId);
        else _hub.ShowTyping(signal);
    }

    private void Publish(TypingSignal signal)
    {
        if (_backplane.IsClustered) _backplane.Publish(Channel, JsonSerializer.Serialize(signal, ChatJson.Wire.TypingSignal));
    }
}
