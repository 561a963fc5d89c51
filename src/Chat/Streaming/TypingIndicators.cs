using System.Text.Json;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;

namespace BigTech.Chat.Streaming;

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
    private readonly TimeProvider _time;

    public TypingIndicators(RoomHub hub, IBackplane backplane, TimeProvider time)
    {
        _hub = hub;
        _time = time;
        _backplane = backplane;
        backplane.Subscribe(Channel, Receive, onMissed: static () => { });
        hub.TypingAbandoned += (roomId, userId) => Publish(new TypingSignal(roomId, 0, userId, "", null, []));
    }

    /// <summary>Shows a member as typing for some seconds.</summary>
    /// <param name="blocked">The members who do not see it.</param>
    public void Show(Room room, UserSession caller, IReadOnlyList<long> blocked)
    {
        var signal = new TypingSignal(room.Id, room.Version, caller.UserId, caller.Username, _time.GetUtcNow() + Lifetime, blocked);
        _hub.ShowTyping(signal);
        Publish(signal);
    }

    private void Receive(string text)
    {
        var signal = JsonSerializer.Deserialize(text, StreamJson.Wire.TypingSignal)!;
        if (signal.ExpiresAt is null) _hub.AbandonTyping(signal.RoomId, signal.UserId);
        else _hub.ShowTyping(signal);
    }

    private void Publish(TypingSignal signal)
    {
        if (_backplane.IsClustered) _backplane.Publish(Channel, JsonSerializer.Serialize(signal, StreamJson.Wire.TypingSignal));
    }
}
