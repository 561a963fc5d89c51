using System.Text.Json;
using BigTech.BuildingBlocks.Core;
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
        var signal = JsonSerializer.Deserialize(text, StreamJson.Wire.TypingSignal)!;
        if (signal.ExpiresAt is null) _hub.AbandonTyping(signal.RoomId, signal.UserId);
        else _hub.ShowTyping(signal);
    }

    private void Publish(TypingSignal signal)
    {
        if (_backplane.IsClustered) _backplane.Publish(Channel, JsonSerializer.Serialize(signal, StreamJson.Wire.TypingSignal));
    }
}
