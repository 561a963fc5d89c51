using System.Diagnostics.Metrics;

namespace BigTech.Chat;

internal static class ChatMetrics
{
    private static readonly Counter<long> Messages = Meters.Meter.CreateCounter<long>(
        "bigtech.chat.messages.sent", "{message}", "Messages that were stored.");

    public static void MessageSent() => Messages.Add(1);
}
