using System.Diagnostics.Metrics;
using BigTech.Friends.Domain;

namespace BigTech.Friends.Storage;

internal static class FriendMetrics
{
    private static readonly Counter<long> Requests = Meters.Meter.CreateCounter<long>(
        "bigtech.friend.requests", "{request}", "Friend requests, by what became of them; one that crosses another is accepted.");

    /// <summary>Counts a change of a friendship that is one of a request.</summary>
    public static void Changed(FriendshipStatus now)
    {
        if (OutcomeOf(now) is { } outcome) Requests.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
    }

    private static string? OutcomeOf(FriendshipStatus status) => status switch
    {
        FriendshipStatus.Pending => "sent",
        FriendshipStatus.Accepted => "accepted",
        FriendshipStatus.Rejected => "rejected",
        FriendshipStatus.Cancelled => "cancelled",
        _ => null,
    };
}
