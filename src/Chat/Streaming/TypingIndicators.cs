using System.Text.Json;
using BigTech.BuildingBlocks.Core;

namespace BigTech.Chat.Streaming;

/// <summary>A member's typing, as clients receive it.</summary>
/// <param name="Version">The room's version at that time; typing does not change it.</param>
/// <param name="ExpiresAt">When a client removes the indicator unless it receives another event; null when the typing has ended.</param>
internal sealed record TypingEvent(long RoomId, long Version, long UserId, string Username, bool IsTyping, DateTimeOffset? ExpiresAt);

/// <summary>A member's typing, as replicas exchange it.</summary>
/// <param name="Version">The room's version when the member was last known to be in it.</param>
/// <param name="ExpiresAt">Null: the member's last stream of the room has closed at the sending replica; then only room and user are set.</param>
/// <param name="HiddenFrom">The members who block this one or are blocked by them.</param>
internal sealed record TypingSignal(
    long RoomId, long Version, long UserId, string Username, DateTimeOffset? ExpiresAt, IReadOnlyCollection<long> HiddenFrom);

/// <summary>
/// The members who are typing, shown on the streams of this process and, over the backplane, of the other replicas. Nothing is stored: the
/// next signal, or the expiry that each carries, makes up for a lost one.
/// </summary>
internal sealed class TypingIndicators
{
    /// <summary>How long one request shows its sender as typing.</summary>
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
