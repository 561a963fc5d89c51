namespace BigTech.Tests.EndToEnd.Accounts;

[Scenarios]
public sealed class UserLookupScenarios(SharedServer server)
{
    private const long Unknown = 999_999_999;

    [Fact]
    public async Task Others_see_the_public_profile_without_the_email()
    {
        var user = await server.NewUser("Some Body");
        var other = await server.NewUser();

        var answer = await other.Api.Get($"/users/{user.Id}");

        var profile = answer.As<Profile>();
        profile.Id.ShouldBe(user.Id);
        profile.Username.ShouldBe(user.Account.Username);
        profile.DisplayName.ShouldBe("Some Body");
        answer.Text.ShouldNotContain("@");
    }

    [Fact]
    public async Task One_sees_ones_own_email()
    {
        var user = await server.NewUser();

        (await user.Api.Get($"/users/{user.Id}")).As<Account>().Email.ShouldBe(user.Account.Email);
    }

    [Fact]
    public async Task An_unknown_user_is_404()
    {
        var user = await server.NewUser();

        (await user.Api.Get($"/users/{Unknown}")).ShouldBeProblem(404);
    }

    [Fact]
    public async Task Several_users_come_at_once_and_unknown_ones_are_left_out()
    {
        var users = await server.NewUsers(3);
        var ids = users.Select(user => user.Id).Append(Unknown).ToArray();

        var listed = await users[0].Api.Get($"/users?user_ids={string.Join(',', ids)}");
        var batch = await users[0].Api.Post("/users/batch", new { user_ids = ids });

        foreach (var answer in new[] { listed, batch })
        {
            var found = answer.ShouldBe(200).Json.GetProperty("users").EnumerateArray().ToList();
            found.Select(user => user.GetProperty("id").GetInt64()).ShouldBe(users.Select(user => user.Id), ignoreOrder: true);
            answer.Text.ShouldNotContain(users[1].Account.Email);
            answer.Text.ShouldNotContain(users[2].Account.Email);
        }
    }

    [Fact]
    public async Task A_batch_takes_100_ids_and_not_101()
    {
        var user = await server.NewUser();

        (await user.Api.Post("/users/batch", new { user_ids = Enumerable.Range(1, 100) })).ShouldBe(200);
        (await user.Api.Post("/users/batch", new { user_ids = Enumerable.Range(1, 101) })).ShouldBlame("user_ids");
        (await user.Api.Get($"/users?user_ids={string.Join(',', Enumerable.Range(1, 101))}")).ShouldBlame("user_ids");
    }

    [Fact]
    public async Task Whether_a_user_exists_can_be_asked()
    {
        var user = await server.NewUser();

        (await user.Api.Get($"/users/{user.Id}/exists")).ShouldBe(200).Json.GetProperty("exists").GetBoolean().ShouldBeTrue();
        (await user.Api.Get($"/users/{Unknown}/exists")).ShouldBe(200).Json.GetProperty("exists").GetBoolean().ShouldBeFalse();
    }
}
