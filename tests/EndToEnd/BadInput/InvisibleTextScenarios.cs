namespace BigTech.Tests.EndToEnd.BadInput;

/// <summary>Text without a visible character counts as empty in every field; for messages see <see cref="BadRequestScenarios"/>.</summary>
[Scenarios]
public sealed class InvisibleTextScenarios(SharedServer server)
{
    private const string Invisible = "\u200b\u3164\ufe0f";

    [Fact]
    public async Task Who_signs_up_with_an_invisible_name_is_shown_by_the_username()
    {
        var user = await server.NewUser(Invisible);

        user.Account.DisplayName.ShouldBe(user.Account.Username);
    }

    [Fact]
    public async Task No_user_can_make_their_name_invisible()
    {
        var user = await server.NewUser("Before");

        (await user.Api.Patch("/profile/me", new { display_name = Invisible })).ShouldBlame("display_name");
        (await user.Api.Put("/profile/me", new { display_name = Invisible })).ShouldBlame("display_name");

        (await user.Api.Get("/profile/me")).As<Account>().DisplayName.ShouldBe("Before");
    }

    [Fact]
    public async Task An_invisible_status_is_none()
    {
        var user = await server.NewUser();

        (await user.Api.Patch("/profile/me", new { status_message = Invisible })).As<Account>().StatusMessage.ShouldBeNull();
        (await user.Api.Put("/profile/me", new { status_message = Invisible })).As<Account>().StatusMessage.ShouldBeNull();
    }

    [Fact]
    public async Task A_group_with_an_invisible_name_has_none()
    {
        var users = await server.NewUsers(3);

        (await users[0].CreateGroup(Invisible, users[1], users[2])).Name.ShouldBeNull();
        (await users[0].Api.Post("/chat-rooms", new { name = Invisible, participant_ids = new[] { users[1].Id } }))
            .As<Room>(201).RoomType.ShouldBe("direct");
    }

    [Fact]
    public async Task A_friend_request_with_an_invisible_message_has_none()
    {
        var users = await server.NewUsers(2);

        var request = await users[0].Api.Post("/friends/request", new { target_user_id = users[1].Id, message = Invisible });

        request.ShouldBe(201);
        request.Json.GetProperty("message").GetString().ShouldBeNull();
    }
}
