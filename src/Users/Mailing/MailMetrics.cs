using System.Diagnostics.Metrics;
using BigTech.Users.Domain;

namespace BigTech.Users.Mailing;

/// <summary>What becomes of mails.</summary>
internal static class MailMetrics
{
    private static readonly Counter<long> Deliveries = Meters.Meter.CreateCounter<long>(
        "bigtech.mail.deliveries", "{mail}", "Attempts to send a mail, by what became of them.");

    public static void Delivered(DeliveryResult result) => Count(1, result switch
    {
        DeliveryResult.Sent => "sent",
        DeliveryResult.Refused => "refused",
        DeliveryResult.Postponed => "postponed",
        _ => "failed",
    });

    /// <summary>Mails that could not be sent while they were of use.</summary>
    public static void Expired(int count)
    {
        if (count > 0) Count(count, "expired");
    }

    private static void Count(int count, string result) => Deliveries.Add(count, new KeyValuePair<string, object?>("result", result));
}
