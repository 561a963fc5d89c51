using BigTech.Tests.EndToEnd;

namespace BigTech.Tests.Browser.WebClient;

/// <summary>Users who are friends when a browser opens.</summary>
internal static class Friendship
{
    /// <summary>Makes two users friends.</summary>
    public static async Task Befriend(this User one, User other)
    {
        (await one.Api.Post("/friends/request", new { target_user_id = other.Id })).ShouldBe(201);
        (await other.Api.Post("/friends/accept", new { requester_id = one.Id })).ShouldBe(200);
    }
}
