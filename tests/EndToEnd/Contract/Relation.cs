namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>Who the caller is to what an operation is about: to a user, a request, a room, a message, a session.</summary>
[Flags]
internal enum Relation
{
    /// <summary>Without a token. An operation that says anything of it is open to everybody.</summary>
    Anonymous = 1 << 0,

    /// <summary>Signed in, and the thing is his own or nobody else's.</summary>
    Self = 1 << 1,

    /// <summary>Signed in, with nothing in common with the other.</summary>
    Stranger = 1 << 2,

    /// <summary>A friend of the other; not a member of the other's group.</summary>
    Friend = 1 << 3,

    /// <summary>Has asked the other to be friends, and waits.</summary>
    Requester = 1 << 4,

    /// <summary>Was asked by the other to be friends, and has not answered.</summary>
    Addressee = 1 << 5,

    /// <summary>Blocks the other; in a group both are members.</summary>
    Blocker = 1 << 6,

    /// <summary>Is blocked by the other; in a group both are members.</summary>
    Blocked = 1 << 7,

    /// <summary>Was a member of the room and was removed.</summary>
    FormerMember = 1 << 8,

    /// <summary>In the room, with no role and nothing else in common with the other.</summary>
    PlainMember = 1 << 9,

    /// <summary>An admin of the group.</summary>
    Admin = 1 << 10,

    /// <summary>The owner of the group.</summary>
    Owner = 1 << 11,

    /// <summary>Asks for an id that nobody and nothing has.</summary>
    Unknown = 1 << 12,

    /// <summary>All who stand in some relation to another user.</summary>
    Others = Stranger | Friend | Requester | Addressee | Blocker | Blocked,

    /// <summary>All who are in a group.</summary>
    Members = PlainMember | Admin | Owner | Blocker | Blocked,

    /// <summary>All who are one of the two in a 1:1 room.</summary>
    OneOfTwo = PlainMember | Friend | Blocker | Blocked,

    /// <summary>All who are not in a room.</summary>
    NonMembers = Stranger | Friend | FormerMember,
}
