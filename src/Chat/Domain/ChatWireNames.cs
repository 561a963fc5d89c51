namespace BigTech.Chat.Domain;

/// <summary>The names of the domain's kinds, in stores and on the wire.</summary>
internal static class ChatWireNames
{
    public static string NameOf(RoomType type) => type switch
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

    public static string NameOf(MemberRole role) => role switch
    {
        Domain.MemberRole.Owner => "owner",
        Domain.MemberRole.Admin => "admin",
        Domain.MemberRole.Member => "member",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    public static MemberRole Role(string name) => name switch
    {
        "owner" => Domain.MemberRole.Owner,
        "admin" => Domain.MemberRole.Admin,
        "member" => Domain.MemberRole.Member,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
