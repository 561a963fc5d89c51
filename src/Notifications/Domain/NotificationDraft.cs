namespace BigTech.Notifications.Domain;

/// <summary>A notification before it has an id and a version.</summary>
/// <inheritdoc cref="Notification"/>
internal sealed record NotificationDraft(
    long UserId, NotificationKind Kind, string Source, string Title, DateTimeOffset HappenedAt, string? Preview = null, int Count = 1,
    Actor? Actor = null, MessagePlace? Place = null, long? FriendshipId = null)
{
    /// <inheritdoc cref="Notification.Counted"/>
    public NumberSet Counted { get; init; } = NumberSet.Empty;

    /// <summary>It never alerts: its user has had the alert before.</summary>
    public bool IsSilent { get; init; }
}
