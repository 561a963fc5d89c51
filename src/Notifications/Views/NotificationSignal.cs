namespace BigTech.Notifications.Views;

/// <summary>A change of a user's notifications, for streams that read the details from the store.</summary>
/// <param name="After">The version before the change.</param>
/// <param name="Version">The version after the change.</param>
/// <param name="IsRead">Whether the user has read some of them.</param>
internal sealed record NotificationSignal(long UserId, long After, long Version, bool IsRead = false)
{
    /// <summary>Whether the change assigned this version.</summary>
    public bool Covers(long version) => After < version && version <= Version;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{UserId}:{After}:{Version}:{(IsRead ? 1 : 0)}");

    public static NotificationSignal Parse(string text)
    {
        var parts = text.Split(':');
        var numbers = Array.ConvertAll(parts[..3], part => long.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture));
        return new NotificationSignal(numbers[0], numbers[1], numbers[2], parts[3] == "1");
    }
}
