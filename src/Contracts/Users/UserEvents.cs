using System.Globalization;

namespace BigTech.Contracts.Users;

/// <summary>A user signed up.</summary>
public sealed record UserRegistered(
    long UserId, string Username, string DisplayName, string? ProfileImageUrl, DateTimeOffset CreatedAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.user.UserRegistered.v1";
    public static string Topic => Topics.User;
    string IIntegrationEvent.Key => UserId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// The whole public profile after a change of it or of the privacy settings, so that a consumer that missed an event needs only the last
/// one.
/// </summary>
/// <param name="UpdatedAt">When the profile last changed; of two events the later profile counts.</param>
/// <param name="Privacy">
/// Null for a user who has never changed a setting, and in events from before there were any: it says nothing about them.
/// </param>
public sealed record UserProfileUpdated(
    long UserId, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl, DateTimeOffset UpdatedAt,
    UserPrivacy? Privacy = null)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.user.UserProfileUpdated.v1";
    public static string Topic => Topics.User;
    string IIntegrationEvent.Key => UserId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Whom a user lets reach them. A user of whom no event says anything lets everyone.</summary>
/// <param name="WhoMayMessage"><see cref="Everyone"/> or <see cref="Friends"/>; so is <paramref name="WhoMayAddToGroups"/>.</param>
/// <param name="ChangedAt">Of two events the later settings count.</param>
public sealed record UserPrivacy(string WhoMayMessage, string WhoMayAddToGroups, DateTimeOffset ChangedAt)
{
    public const string Everyone = "everyone";
    public const string Friends = "friends";
}

/// <summary>
/// A user came online, went offline, or became invisible (which looks like offline): their presence as their friends see it. Only for users
/// who may see it; the consumer checks that.
/// </summary>
/// <param name="LastSeenAt">Null while online.</param>
/// <param name="Version">Grows with every presence change of any user.</param>
public sealed record UserOnlineStatusChanged(long UserId, bool IsOnline, DateTimeOffset? LastSeenAt, long Version, DateTimeOffset ChangedAt)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.user.UserOnlineStatusChanged.v1";
    public static string Topic => Topics.OnlineStatus;
    string IIntegrationEvent.Key => UserId.ToString(CultureInfo.InvariantCulture);
}
