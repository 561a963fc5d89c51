using BigTech.BuildingBlocks.Web.Services;
using BigTech.BuildingBlocks.Web.Telemetry;
using BigTech.Chat;
using BigTech.Friends;
using BigTech.Gateway;
using BigTech.Notifications;
using BigTech.Users;

namespace BigTech.Server;

/// <summary>What a process can run.</summary>
/// <param name="Key">Its name in <c>--target</c> and <c>--urls</c>.</param>
/// <param name="Name">Its name in <c>/health</c>.</param>
/// <param name="Port">Where it listens by default.</param>
internal sealed record Role(string Key, string Name, int Port)
{
    /// <summary>
    /// The setting of the section <c>Services</c> with its addresses; null for the gateway, which is not called by others.
    /// </summary>
    public string? Setting { get; init; }

    /// <summary>The first segments of its paths, by which the gateway finds it.</summary>
    public IReadOnlyList<string> Segments { get; init; } = [];

    /// <summary>Registers it, with an existing folder for its data.</summary>
    public Action<IServiceCollection, IConfiguration, string> Add { get; init; } = (_, _, _) => { };

    /// <summary>Maps its endpoints.</summary>
    public Action<IEndpointRouteBuilder> Map { get; init; } = _ => { };
}

/// <summary>
/// All roles. Arguments, composition, ports, the routes of the gateway and the names in <c>/health</c> follow from this list.
/// </summary>
internal static class Roles
{
    public static readonly Role Gateway = new(GatewayModule.Role, "API Gateway", 8000);

    public static readonly Role Chat = new("chat", "Chat Service", 8002)
    {
        Setting = nameof(ServicesOptions.Chat),
        Segments = ["chat-rooms", "messages", "invite-links", "files"],
        Add = (services, config, folder) => services.AddChat(config, folder),
        Map = ChatModule.MapChat,
    };

    public static readonly Role Friend = new("friend", "Friend Service", 8003)
    {
        Setting = nameof(ServicesOptions.Friends),
        Segments = ["friends"],
        Add = (services, config, folder) => services.AddFriends(config, folder),
        Map = FriendsModule.MapFriends,
    };

    public static readonly Role Notification = new("notification", "Notification Service", 8004)
    {
        Setting = nameof(ServicesOptions.Notifications),
        Segments = ["notifications"],
        Add = (services, config, folder) => services.AddNotifications(config, folder),
        Map = NotificationsModule.MapNotifications,
    };

    public static readonly Role User = new("user", "User Service", 8005)
    {
        Setting = nameof(ServicesOptions.Users),
        Segments = ["auth", "users", "profile", "online-status", ".well-known"],
        Add = (services, config, folder) => services.AddUsers(config, folder),
        Map = UsersModule.MapUsers,
    };

    /// <summary>Not a role of its own: every process has metrics, on an address apart from those that clients reach.</summary>
    public static readonly Role Metrics = new(Telemetry.MetricsRole, "Metrics", 9464);

    public static readonly IReadOnlyList<Role> All = [Gateway, Chat, Friend, Notification, User];

    /// <summary>The names of all roles, for help and messages.</summary>
    public static string Keys { get; } = string.Join(", ", All.Select(role => role.Key));

    public static Role? Find(string key) => All.FirstOrDefault(role => role.Key == key);

    /// <summary>The names in <c>--urls</c>.</summary>
    public static IReadOnlyList<Role> Listening { get; } = [.. All, Metrics];

    /// <summary>The services behind a gateway of its own.</summary>
    /// <exception cref="BuildingBlocks.Core.SettingException">A service has no address.</exception>
    public static IReadOnlyList<ProxiedService> Proxied(ServicesOptions addresses) =>
        [
        .. from role in All
           let setting = role.Setting
           where setting is not null
           select new ProxiedService(role.Key, role.Name, addresses.AddressesOf(setting!), role.Segments),
    ];
}
