using static BigTech.Tests.EndToEnd.Contract.Line;
using static BigTech.Tests.EndToEnd.Contract.Relation;

namespace BigTech.Tests.EndToEnd.Contract.Lines;

/// <summary>Notification. Requests concern the caller's data; foreign ids are ignored like unknown ones, except rooms to mute.</summary>
internal static class NotificationLines
{
    private const string Preferences = """
        {"kinds":{"message":false},"muted_rooms":[{"room_id":{group},"until":"2100-01-01T00:00:00Z"}],
         "quiet_hours":{"start":"22:00","end":"07:00","time_zone":"Asia/Seoul"}}
        """;

    public static IEnumerable<Line> All =>
    [
        On("GET /notifications").Gives(200, Self),
        On("GET /notifications/unread-count").Gives(200, Self),
        On("POST /notifications/read", """{"ids":["00000000-0000-7000-8000-000000000000"]}""").Gives(200, Self),
        On("POST /notifications/read", """{"all":true}""").Gives(200, Self),
        On("GET /notifications/stream").Gives(200, Self),
        On("GET /notifications/preferences").Gives(200, Self),
        On("PUT /notifications/preferences", Preferences)
            .Gives(200, Members)
            .Gives(403, "not_a_member", NonMembers)
            .Gives(404, "room_not_found", Unknown),
    ];
}
