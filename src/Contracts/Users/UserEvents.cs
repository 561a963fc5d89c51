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
