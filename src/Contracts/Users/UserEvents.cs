using System.Globalization;

namespace BigTech.Contracts.Users;

/// <summary>Somebody signed up.</summary>
public sealed record UserRegistered(
    long UserId, string Username, string DisplayName, string? ProfileImageUrl, DateTimeOffset CreatedAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.user.UserRegistered.v1";
    public static string Topic => Topics.User;
    string IIntegrationEvent.Key => UserId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The public profile as it is after a change: the whole of it, so that a consumer that missed one needs only the last.</summary>
public sealed record UserProfileUpdated(
    long UserId, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl, DateTimeOffset UpdatedAt)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.user.UserProfileUpdated.v1";
    public static string Topic => Topics.User;
    string IIntegrationEvent.Key => UserId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// Somebody came, went, or became invisible (which looks like going): his presence as his friends see it. Meant for those who may see it;
/// whoever consumes it checks that.
/// </summary>
/// <param name="LastSeenAt">Null while online.</param>
/// <param name="Version">Grows with every change of anybody's presence.</param>
public sealed record UserOnlineStatusChanged(long UserId, bool IsOnline, DateTimeOffset? LastSeenAt, long Version, DateTimeOffset ChangedAt)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.user.UserOnlineStatusChanged.v1";
    public static string Topic => Topics.OnlineStatus;
    string IIntegrationEvent.Key => UserId.ToString(CultureInfo.InvariantCulture);
}
