using System.Text.Json.Serialization;
using BigTech.Contracts.Users;
using BigTech.Users.Presence;

namespace BigTech.Users.Features;

/// <summary>
/// A user's presence as the caller may see it. Only friends without a block between them see each other's presence. To all others a user
/// looks offline and never seen, the same as a user who was never online.
/// </summary>
/// <param name="UserId">The user.</param>
/// <param name="IsOnline">Whether the user is online; null while the server cannot know it.</param>
/// <param name="LastSeenAt">When the user was last online; null while online, if never online, if hidden, and while unknown.</param>
internal sealed record OnlineStatusView(long UserId, bool? IsOnline, DateTimeOffset? LastSeenAt)
{
    /// <summary>Only for the caller: whether they are invisible.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Invisible { get; init; }

    public static OnlineStatusView Own(OnlineStatus status, PresenceState own) => From(status) with { Invisible = own.IsInvisible };

    public static OnlineStatusView From(OnlineStatus status, PresenceState own) =>
        status.UserId == own.UserId ? Own(status, own) : From(status);

    private static OnlineStatusView From(OnlineStatus status) => new(status.UserId, status.IsOnline, status.LastSeenAt);
}
