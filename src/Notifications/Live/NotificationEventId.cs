using System.Globalization;

namespace BigTech.Notifications.Live;

/// <summary>The id of an event on a user's stream: the user, and the version of his notifications that it brings.</summary>
internal readonly record struct NotificationEventId(long UserId, long Version)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{UserId}:{Version}");

    /// <summary>Null when a text is no such id.</summary>
    public static NotificationEventId? Parse(string text) =>
        text.Split(':') is [var user, var version]
        && long.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var userId)
        && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new NotificationEventId(userId, number)
            : null;
}
