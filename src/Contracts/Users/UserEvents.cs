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

/// <summary>The whole public profile after a change, so that a consumer that missed an event needs only the last one.</summary>
public sealed record UserProfileUpdated(
    long UserId, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl, DateTimeOffset UpdatedAt)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.user.UserProfileUpdated.v1";
    public static string Topic => Topics.User;
    string IIntegrationEvent.Key => UserId.ToString(CultureInfo.InvariantCulture);
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
