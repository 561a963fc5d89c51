namespace BigTech.Contracts;

/// <summary>A topic of integration events.</summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="Partitions">How many partitions it has on a broker.</param>
/// <param name="Retention">How long an event can be read.</param>
public sealed record Topic(string Name, int Partitions, TimeSpan Retention);

/// <summary>The topics of the product, as the specification lists them.</summary>
public static class Topics
{
    public const string User = "user.events";
    public const string OnlineStatus = "user.online_status";
    public const string Friend = "friend.events";
    public const string Chat = "chat.events";
    public const string Message = "message.events";
    public const string Notification = "notification.events";

    public static IReadOnlyList<Topic> All { get; } =
    [
        new(User, 3, TimeSpan.FromDays(7)),
        new(OnlineStatus, 6, TimeSpan.FromHours(1)),
        new(Friend, 3, TimeSpan.FromDays(7)),
        new(Chat, 3, TimeSpan.FromDays(7)),
        new(Message, 10, TimeSpan.FromDays(7)),
        new(Notification, 3, TimeSpan.FromDays(7)),
    ];
}
