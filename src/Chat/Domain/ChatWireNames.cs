namespace BigTech.Chat.Domain;

/// <summary>The names of the domain's kinds, in stores and on the wire.</summary>
internal static class ChatWireNames
{
    public const string Direct = "direct";
    public const string Group = "group";

    public const string Owner = "owner";
    public const string Admin = "admin";
    public const string Member = "member";

    public static string NameOf(RoomType type) => type switch
    {
        Domain.RoomType.Direct => Direct,
        Domain.RoomType.Group => Group,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public static RoomType RoomType(string name) => name switch
    {
        Direct => Domain.RoomType.Direct,
        Group => Domain.RoomType.Group,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    public static string NameOf(MemberRole role) => role switch
    {
        Domain.MemberRole.Owner => Owner,
        Domain.MemberRole.Admin => Admin,
        Domain.MemberRole.Member => Member,
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    public static MemberRole Role(string name) => name switch
    {
        Owner => Domain.MemberRole.Owner,
        Admin => Domain.MemberRole.Admin,
        Member => Domain.MemberRole.Member,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
