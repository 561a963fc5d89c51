using static BigTech.Tests.EndToEnd.Contract.Line;
using static BigTech.Tests.EndToEnd.Contract.Relation;

namespace BigTech.Tests.EndToEnd.Contract.Lines;

/// <summary>The Chat context. A block closes the 1:1 room for new messages, and changes nothing in a group.</summary>
internal static class ChatLines
{
    public static IEnumerable<Line> All => [.. Rooms, .. Inviting, .. Writing, .. Reading, .. ChangingMessages, .. Reacting, .. Pinning];

    private const string Emoji = """{"emoji":"👍"}""";

    private static IEnumerable<Line> Rooms =>
    [
        On("GET /chat-rooms").Gives(200, Self),
        On("POST /chat-rooms", """{"name":"Group","participant_ids":[{user}]}""")
            .Gives(201, Stranger | Friend | Requester | Addressee)
            .Gives(403, "blocked", Blocker | Blocked)
            .Gives(422, "invalid", Self | Unknown),
        On("POST /chat-rooms", """{"participant_ids":[{user}],"room_type":"direct"}""")
            .Gives(201, Stranger | Friend | Requester | Addressee)
            .Gives(403, "blocked", Blocker | Blocked)
            .Gives(404, "user_not_found", Unknown)
            .Gives(422, "invalid", Self),
        On("GET /chat-rooms/check/{user}").WithSideEffects()
            .Gives(200, Stranger | Friend | Requester | Addressee)
            .Gives(403, "blocked", Blocker | Blocked)
            .Gives(404, "user_not_found", Unknown)
            .Gives(400, "self", Self),
        On("GET /chat-rooms/{group}")
            .Gives(200, Members)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
        On("GET /chat-rooms/{direct}").Gives(200, OneOfTwo).Gives(403, "not_a_member", Stranger),
        On("PUT /chat-rooms/{group}", """{"name":"New name"}""")
            .Gives(200, Admin | Owner)
            .Gives(403, "not_an_admin", PlainMember | Blocker | Blocked)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
        On("PUT /chat-rooms/{direct}", """{"name":"New name"}""")
            .Gives(403, "not_a_group", OneOfTwo)
            .Gives(403, "not_a_member", Stranger),
        On("DELETE /chat-rooms/{group}")
            .Gives(204, Owner)
            .Gives(403, "not_the_owner", PlainMember | Admin | Blocker | Blocked)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
        On("DELETE /chat-rooms/{direct}").Gives(403, "not_a_group", OneOfTwo).Gives(403, "not_a_member", Stranger),
        On("PUT /chat-rooms/{group}/members/{member}", """{"role":"admin"}""")
            .Gives(200, Owner)
            .Gives(403, "not_the_owner", PlainMember | Admin | Blocker | Blocked)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
        On("PUT /chat-rooms/{group}/members/{me}", """{"role":"admin"}""")
            .Gives(409, "owner_needed", Owner)
            .Gives(403, "not_the_owner", PlainMember | Admin | Blocker | Blocked)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
        On("PUT /chat-rooms/{group}/members/{outsider}", """{"role":"admin"}""")
            .Gives(404, "member_not_found", Members)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
        On("PUT /chat-rooms/{direct}/members/{me}", """{"role":"admin"}""")
            .Gives(403, "not_a_group", OneOfTwo)
            .Gives(403, "not_a_member", Stranger),
        On("POST /chat-rooms/{group}/members", """{"user_ids":[{outsider}]}""")
            .Gives(200, Members)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
        On("POST /chat-rooms/{group}/members", """{"user_ids":[{me}]}""")
            .Gives(200, Members)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
        On("POST /chat-rooms/{direct}/members", """{"user_ids":[{me}]}""")
            .Gives(403, "not_a_group", OneOfTwo)
            .Gives(403, "not_a_member", Stranger),
        On("DELETE /chat-rooms/{group}/members/{me}")
            .Gives(204, Members)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
        On("DELETE /chat-rooms/{group}/members/{member}")
            .Gives(204, Admin | Owner)
            .Gives(403, "not_an_admin", PlainMember | Blocker | Blocked)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
        On("DELETE /chat-rooms/{group}/members/{owner}")
            .Gives(204, Owner)
            .Gives(403, "outranked", Admin)
            .Gives(403, "not_an_admin", PlainMember | Blocker | Blocked)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
        On("DELETE /chat-rooms/{group}/members/{outsider}")
            .Gives(404, "member_not_found", Members)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
        On("DELETE /chat-rooms/{direct}/members/{me}")
            .Gives(403, "not_a_group", OneOfTwo)
            .Gives(403, "not_a_member", Stranger),
    ];

    /// <summary>Holders of a link join, except after a removal, or when a block exists between them and the link's creator.</summary>
    private static IEnumerable<Line> Inviting =>
    [
        ByAdmins("POST /chat-rooms/{group}/invite-links", "{}").Gives(201, Admin | Owner).Gives(404, "room_not_found", Unknown),
        ByAdmins("GET /chat-rooms/{group}/invite-links").Gives(200, Admin | Owner).Gives(404, "room_not_found", Unknown),
        ByAdmins("DELETE /chat-rooms/{group}/invite-links/{link}").Gives(204, Admin | Owner).Gives(404, "room_not_found", Unknown),
        On("POST /chat-rooms/{direct}/invite-links", "{}").Gives(403, "not_a_group", OneOfTwo).Gives(403, "not_a_member", Stranger),
        On("POST /invite-links/{code}/join")
            .Gives(200, Members | Stranger | Friend)
            .Gives(403, "removed_from_room", FormerMember)
            .Gives(404, "invite_link_not_found", Unknown),
    ];

    private static Line ByAdmins(string request, string? body = null) =>
        On(request, body).Gives(403, "not_an_admin", PlainMember | Blocker | Blocked).Gives(403, "not_a_member", NonMembers);

    private static IEnumerable<Line> Writing =>
    [
        InGroup("POST /chat-rooms/{group}/typing", null, 204),
        InDirectRoom("POST /chat-rooms/{direct}/typing", null, 204),
        InGroup("POST /messages/{group}", """{"content":"hello"}""", 201),
        InGroup("POST /messages", """{"room_id":{group},"content":"hello"}""", 201),
        InDirectRoom("POST /messages/{direct}", """{"content":"hello"}""", 201),
        InDirectRoom("POST /messages", """{"room_id":{direct},"content":"hello"}""", 201),
    ];

    /// <summary>Both members may read, even with a block between them.</summary>
    private static IEnumerable<Line> Reading =>
    [
        InGroup("GET /messages/{group}", null, 200),
        InGroup("GET /messages?room_id={group}", null, 200),
        InGroup("POST /messages/read", """{"room_id":{group},"all":true}""", 200),
        InGroup("GET /messages/room/{group}/unread-count", null, 200),
        InGroup("GET /messages/stream/{group}", null, 200),
        On("GET /messages/{direct}").Gives(200, OneOfTwo).Gives(403, "not_a_member", Stranger),
        On("POST /messages/read", """{"room_id":{direct},"all":true}""")
            .Gives(200, OneOfTwo)
            .Gives(403, "not_a_member", Stranger),
        On("GET /messages/stream/{direct}").Gives(200, OneOfTwo).Gives(403, "not_a_member", Stranger),
        On("GET /messages/stream").Gives(200, Self),
    ];

    private static IEnumerable<Line> ChangingMessages =>
    [
        .. Editing("PATCH /messages/"),
        .. Editing("PUT /messages/"),
        On("DELETE /messages/{message}")
            .Gives(200, Admin | Owner)
            .Gives(403, "not_the_author", PlainMember | Blocker | Blocked)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "message_not_found", Unknown),
        On("DELETE /messages/{own_message}").Gives(200, Members).Gives(403, "not_a_member", FormerMember),
        On("DELETE /messages/{direct_message}").Gives(200, OneOfTwo),
        On("DELETE /messages/{their_message}")
            .Gives(403, "not_the_author", OneOfTwo)
            .Gives(403, "not_a_member", Stranger),
    ];

    /// <summary>A reaction counts as writing to the other; users may remove their own reactions even with a block.</summary>
    private static IEnumerable<Line> Reacting =>
    [
        On("POST /messages/{message}/reactions", Emoji).Gives(200, Members).Gives(403, "not_a_member", NonMembers)
            .Gives(404, "message_not_found", Unknown),
        On("POST /messages/{their_message}/reactions", Emoji)
            .Gives(200, PlainMember | Friend)
            .Gives(403, "blocked", Blocker | Blocked)
            .Gives(403, "not_a_member", Stranger),
        On("DELETE /messages/{message}/reactions", Emoji).Gives(200, Members).Gives(403, "not_a_member", NonMembers)
            .Gives(404, "message_not_found", Unknown),
        On("DELETE /messages/{their_message}/reactions", Emoji).Gives(200, OneOfTwo).Gives(403, "not_a_member", Stranger),
    ];

    /// <summary>Pins belong to the room, so a block in either direction prevents them.</summary>
    private static IEnumerable<Line> Pinning =>
    [
        .. ChangingPin("POST"),
        .. ChangingPin("DELETE"),
        InGroup("GET /chat-rooms/{group}/pins", null, 200),
        On("GET /chat-rooms/{direct}/pins").Gives(200, OneOfTwo).Gives(403, "not_a_member", Stranger),
    ];

    private static IEnumerable<Line> ChangingPin(string method) =>
    [
        On($"{method} /messages/{{message}}/pin").Gives(204, Members).Gives(403, "not_a_member", NonMembers)
            .Gives(404, "message_not_found", Unknown),
        On($"{method} /messages/{{their_message}}/pin")
            .Gives(204, PlainMember | Friend)
            .Gives(403, "blocked", Blocker | Blocked)
            .Gives(403, "not_a_member", Stranger),
    ];

    private static IEnumerable<Line> Editing(string request) =>
    [
        On($"{request}{{message}}", """{"content":"changed"}""")
            .Gives(403, "not_the_author", Members)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "message_not_found", Unknown),
        On($"{request}{{own_message}}", """{"content":"changed"}""").Gives(200, Members).Gives(403, "not_a_member", FormerMember),
        On($"{request}{{direct_message}}", """{"content":"changed"}""")
            .Gives(200, PlainMember | Friend)
            .Gives(403, "blocked", Blocker | Blocked),
        On($"{request}{{their_message}}", """{"content":"changed"}""")
            .Gives(403, "not_the_author", OneOfTwo)
            .Gives(403, "not_a_member", Stranger),
    ];

    private static Line InGroup(string request, string? body, int status) =>
        On(request, body).Gives(status, Members).Gives(403, "not_a_member", NonMembers).Gives(404, "room_not_found", Unknown);

    private static Line InDirectRoom(string request, string? body, int status) =>
        On(request, body).Gives(status, PlainMember | Friend).Gives(403, "blocked", Blocker | Blocked).Gives(403, "not_a_member", Stranger);
}
