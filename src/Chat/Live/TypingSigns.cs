using System.Text.Json;
using BigTech.Platform.Cache;

namespace BigTech.Chat.Live;

/// <param name="Version">The room's at that time; typing changes nothing.</param>
internal sealed record TypingEvent(long RoomId, long Version, long UserId, string Username);

/// <summary>
/// Who is writing, shown on the streams of this process and, by a signal, of the other replicas. A sign that gets lost is missed by nobody
/// for long.
/// </summary>
internal sealed class TypingSigns
{
    private const string SignalChannel = "typing";

    private readonly RoomHub _hub;
    private readonly IReplicaSignals _signals;

    public TypingSigns(RoomHub hub, IReplicaSignals signals)
    {
        _hub = hub;
        _signals = signals;
        signals.Subscribe(SignalChannel, Heard, missed: static () => { });
    }

    public void Show(TypingEvent e)
    {
        Pass(e);
        if (_signals.HasOthers) _signals.Publish(SignalChannel, JsonSerializer.Serialize(e, ChatJson.Wire.TypingEvent));
    }

    private void Heard(string signal) => Pass(JsonSerializer.Deserialize(signal, ChatJson.Wire.TypingEvent)!);

    private void Pass(TypingEvent e)
    {
        if (_hub.HasListeners(e.RoomId)) _hub.Pass(RoomEvents.Typing(e), from: e.UserId);
    }
}
