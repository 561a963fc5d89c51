namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>The caller's relation to the subject of an operation: a user, a request, a room, a message or a session.</summary>
[Flags]
internal enum Relation
{
    /// <summary>Without a token. An operation that mentions this relation is public.</summary>
    Anonymous = 1 << 0,

    /// <summary>Signed in, and the subject is the caller's own or belongs to no other user.</summary>
    Self = 1 << 1,

    /// <summary>Signed in, without any relation to the other.</summary>
    Stranger = 1 << 2,

    /// <summary>A friend of the other; not a member of the other's group.</summary>
    Friend = 1 << 3,

    /// <summary>Has an open friend request to the other.</summary>
    Requester = 1 << 4,

    /// <summary>Has an open friend request from the other.</summary>
    Addressee = 1 << 5,

    /// <summary>Blocks the other; in a group both are members.</summary>
    Blocker = 1 << 6,

    /// <summary>Is blocked by the other; in a group both are members.</summary>
    Blocked = 1 << 7,

    /// <summary>Was a member of the room and was removed.</summary>
    FormerMember = 1 << 8,

    /// <summary>In the room, without a role and without another relation to the other.</summary>
    PlainMember = 1 << 9,

    /// <summary>An admin of the group.</summary>
    Admin = 1 << 10,

    /// <summary>The owner of the group.</summary>
    Owner = 1 << 11,

    /// <summary>Asks for an id that does not exist.</summary>
    Unknown = 1 << 12,

    /// <summary>All relations to another user.</summary>
    Others = Stranger | Friend | Requester | Addressee | Blocker | Blocked,

    /// <summary>All relations of group members.</summary>
    Members = PlainMember | Admin | Owner | Blocker | Blocked,

    /// <summary>All relations of a member of a 1:1 room.</summary>
    OneOfTwo = PlainMember | Friend | Blocker | Blocked,

    /// <summary>All relations of users outside a room.</summary>
    NonMembers = Stranger | Friend | FormerMember,
}
