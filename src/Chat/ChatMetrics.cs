using System.Diagnostics.Metrics;

namespace BigTech.Chat;

internal static class ChatMetrics
{
    private static readonly Counter<long> Messages = Meters.Meter.CreateCounter<long>(
        "bigtech.chat.messages.sent", "{message}", "Messages that were stored.");

    private static readonly Counter<long> Rooms = Meters.Meter.CreateCounter<long>(
        "bigtech.chat.rooms.created", "{room}", "Rooms that were created.");

    public static void MessageSent() => Messages.Add(1);

    public static void RoomCreated(string type) => Rooms.Add(1, new KeyValuePair<string, object?>("type", type));
}
