namespace BigTech.Notifications.Storage;

internal static class NotificationsDatabase
{
    /// <summary>The name of the context's database, its service key and its consumer group.</summary>
    public const string Name = "notifications";
}
