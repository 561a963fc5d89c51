using BigTech.BuildingBlocks.Web.Http;

namespace BigTech.Users.Features;

/// <summary>An account, signed in on one device.</summary>
internal static class UsersExamples
{
    private const string AccessToken =
        "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiJ9.c2lnbmVkIGJ5IHRoZSBrZXkgb2YgdGhlIHNlcnZlcg";

    public static ExampleValues Values { get; } = new($$"""
        {
          "UserResponse.id": 42, "access_token": "{{AccessToken}}",
          "refresh_token": "42.8f2mKx0Vw5qTz7Rb1Ld9Yc3N", "device_token": "d1.Qm8xW2rT6vKp4Zs9",
          "SignInResponse.expires_in": 900, "TokenResponse.expires_in": 900, "StreamTicketResponse.expires_in": 30,
          "ticket": "t5Vb8Nq2Xc7Lm4Rz", "UserExistsResponse.exists": true, "PrivacyView.findable_by_email": true,
          "SessionResponse.id": 12, "SessionResponse.current": true, "SessionResponse.ip_address": "203.0.113.7",
          "SessionResponse.user_agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/149.0",
          "SessionResponse.expires_at": "2026-12-21T12:00:00.000000Z",
          "SsePresence.id": "p43:12",
          "OnlineStatusesView.last_event_id": "p43:12", "OnlineStatusView.is_online": true, "OnlineStatus.is_online": true
        }
        """);
}
