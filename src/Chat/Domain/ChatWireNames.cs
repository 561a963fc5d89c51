namespace BigTech.Chat.Domain;

/// <summary>The names of the domain's kinds, in stores and on the wire.</summary>
internal static class ChatWireNames
{
    public static string Of(RoomType type) => type switch
    {
        Domain.RoomType.Direct => "direct",
        Domain.RoomType.Group => "group",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public static RoomType RoomType(string name) => name switch
    {
        "direct" => Domain.RoomType.Direct,
        "group" => Domain.RoomType.Group,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    public static string Of(Role role) => role switch
    {
        Domain.Role.Owner => "owner",
        Domain.Role.Admin => "admin",
        Domain.Role.Member => "member",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    public static Role Role(string name) => name switch
    {
        "owner" => Domain.Role.Owner,
        "admin" => Domain.Role.Admin,
        "member" => Domain.Role.Member,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
