using static BigTech.Tests.EndToEnd.Contract.Line;
using static BigTech.Tests.EndToEnd.Contract.Relation;

namespace BigTech.Tests.EndToEnd.Contract.Lines;

/// <summary>The Friend context.</summary>
internal static class FriendLines
{
    public static IEnumerable<Line> All =>
    [
        On("GET /friends").Gives(200, Self),
        On("GET /friends/list").Gives(200, Self),
        On("GET /friends/search?q=a").Gives(200, Self),
        On("GET /friends/requests").Gives(200, Self),
        On("GET /friends/requests/pending").Gives(200, Self),
        On("GET /friends/blocked").Gives(200, Self),
        On("GET /friends/stream").Gives(200, Self),

        On("DELETE /friends/{user}")
            .Gives(204, Friend)
            .Gives(404, "not_friends", Stranger | Requester | Addressee | Blocker | Blocked | Unknown)
            .Gives(400, "self", Self),
        // A request in the opposite direction accepts the open one.
        On("POST /friends/request", """{"target_user_id":{user}}""")
            .Gives(201, Stranger | Addressee)
            .Gives(403, "blocked", Blocker | Blocked)
            .Gives(409, "already_friends", Friend)
            .Gives(409, "request_pending", Requester)
            .Gives(404, "user_not_found", Unknown)
            .Gives(400, "self", Self),
        On("DELETE /friends/request/{user}")
            .Gives(204, Requester)
            .Gives(403, "not_the_requester", Addressee)
            .Gives(409, "not_pending", Friend)
            .Gives(404, "request_not_found", Stranger | Blocker | Blocked | Unknown)
            .Gives(400, "self", Self),
        Answers("POST /friends/accept", """{"request_id":{request}}"""),
        Answers("POST /friends/reject", """{"request_id":{request}}"""),
        Answers("POST /friends/{request}/accept", null),
        Answers("POST /friends/{request}/reject", null),
        AnswersByUser("POST /friends/accept", """{"requester_id":{user}}"""),
        AnswersByUser("POST /friends/reject", """{"requester_id":{user}}"""),
        AnswersByUser("PUT /friends/status/{user}", """{"action":"accept"}"""),
        AnswersByUser("PUT /friends/status/{user}", """{"action":"reject"}"""),

        On("POST /friends/block", """{"user_id":{user}}""")
            .Gives(201, Stranger | Friend | Requester | Addressee | Blocked)
            .Gives(200, Blocker)
            .Gives(404, "user_not_found", Unknown)
            .Gives(400, "self", Self),
        On("DELETE /friends/unblock/{user}")
            .Gives(204, Blocker)
            .Gives(404, "not_blocked", Stranger | Friend | Requester | Addressee | Blocked | Unknown)
            .Gives(400, "self", Self),
    ];

    /// <summary>Requests of other users look like unknown ones. A block has ended the one that the other had sent.</summary>
    private static Line Answers(string request, string? body) =>
        On(request, body)
            .Gives(200, Addressee)
            .Gives(403, "not_the_addressee", Requester | Friend)
            .Gives(409, "not_pending", Blocker | Blocked)
            .Gives(404, "request_not_found", Stranger | Unknown);

    private static Line AnswersByUser(string request, string body) =>
        On(request, body)
            .Gives(200, Addressee)
            .Gives(403, "not_the_addressee", Requester | Friend)
            .Gives(404, "request_not_found", Stranger | Blocker | Blocked | Unknown)
            .Gives(400, "self", Self);
}
