using static BigTech.Tests.EndToEnd.Contract.Line;
using static BigTech.Tests.EndToEnd.Contract.Relation;

namespace BigTech.Tests.EndToEnd.Contract.Lines;

/// <summary>The User context. Blocks change the search results, but not access by id.</summary>
internal static class AccountLines
{
    public static IEnumerable<Line> All =>
    [
        On("POST /auth/register", """{"email":"{new}@example.org","username":"{new}","password":"horse-battery-7"}""")
            .Gives(201, Anonymous | Self),
        On("POST /auth/login", """{"email":"{email}","password":"{password}"}""").Gives(200, Anonymous | Self),
        On("POST /auth/login/json", """{"email":"{email}","password":"{password}"}""").Gives(200, Anonymous | Self),
        On("POST /auth/refresh", """{"refresh_token":"{refresh_token}"}""").Gives(200, Anonymous | Self),
        On("GET /.well-known/jwks.json").Gives(200, Anonymous | Self),

        On("POST /auth/logout", """{"refresh_token":"{refresh_token}"}""").Gives(204, Self),
        On("POST /auth/logout-all").Gives(204, Self),
        On("GET /auth/sessions").Gives(200, Self),
        On("DELETE /auth/sessions/{session}").Gives(204, Self).Gives(404, "session_not_found", Stranger | Friend | Unknown),
        On("PUT /auth/password", """{"old_password":"{password}","new_password":"staple-correct-8"}""").Gives(204, Self),
        On("PUT /auth/email", """{"email":"{new}@example.org","password":"{password}"}""").Gives(202, Self),
        On("POST /auth/password/forgot", """{"email":"{email}"}""").Gives(202, Anonymous | Self),
        On("POST /auth/password/reset", """{"token":"{reset_code}","new_password":"staple-correct-8"}""").Gives(204, Anonymous | Self),
        On("POST /auth/email/verify", """{"token":"{verify_code}"}""").Gives(204, Anonymous | Self),
        On("POST /auth/email/resend", """{"email":"{email}"}""").Gives(202, Anonymous | Self),
        On("POST /auth/stream-ticket").Gives(201, Self),
        On("POST /auth/browser-session").Gives(204, Self),
        On("DELETE /auth/browser-session").Gives(204, Anonymous | Self),

        On("GET /users?user_ids={user}").Gives(200, Self | Others | Unknown),
        On("POST /users/batch", """{"user_ids":[{user}]}""").Gives(200, Self | Others | Unknown),
        On("GET /users/search?q={new}").Gives(200, Self),
        On("GET /users/{user}").Gives(200, Self | Others).Gives(404, "user_not_found", Unknown),
        On("GET /users/me/privacy").Gives(200, Self),
        On("PUT /users/me/privacy", """{"who_may_message":"friends"}""").Gives(200, Self),
        On("GET /users/{user}/exists").Gives(200, Self | Others | Unknown),

        On("GET /profile/me").Gives(200, Self),
        On("PUT /profile/me", """{"display_name":"Ann","status_message":"here"}""").Gives(200, Self),
        On("PATCH /profile/me", """{"status_message":"away"}""").Gives(200, Self),
        On("GET /profile").Gives(200, Self),
        On("PUT /profile", """{"display_name":"Ann","status_message":"here"}""").Gives(200, Self),
        On("PATCH /profile", """{"status_message":"away"}""").Gives(200, Self),

        // A user with hidden presence looks like an offline user, not like an unknown one.
        On("GET /online-status?user_ids={user}").Gives(200, Self | Others | Unknown),
        On("GET /online-status/{user}").Gives(200, Self | Others).Gives(404, "user_not_found", Unknown),
        On("GET /online-status/me").Gives(200, Self),
        On("PUT /online-status/me", """{"invisible":true}""").Gives(200, Self),
        On("POST /online-status/heartbeat").Gives(204, Self),
        On("GET /online-status/stream").Gives(200, Self),
    ];
}
