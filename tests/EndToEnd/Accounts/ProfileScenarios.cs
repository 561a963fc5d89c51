namespace BigTech.Tests.EndToEnd.Accounts;

[Scenarios]
public sealed class ProfileScenarios(SharedServer server)
{
    [Theory]
    [InlineData("/profile/me")]
    [InlineData("/profile")]
    public async Task The_own_profile_can_be_read(string path)
    {
        var user = await server.NewUser("Some Body");

        var profile = (await user.Api.Get(path)).As<Account>();

        profile.ShouldBe(user.Account);
    }

    [Theory]
    [InlineData("/profile/me")]
    [InlineData("/profile")]
    public async Task A_patch_changes_what_it_names_and_a_put_likewise(string path)
    {
        var user = await server.NewUser("Before");

        (await user.Api.Patch(path, new { status_message = "안녕\n있다가 봐요" })).As<Account>().DisplayName.ShouldBe("Before");
        (await user.Api.Put(path, new { display_name = "홍길동" })).As<Account>().StatusMessage.ShouldBe("안녕\n있다가 봐요");
        (await user.Api.Put(path, new { status_message = "new" })).As<Account>().DisplayName.ShouldBe("홍길동");

        var profile = (await user.Api.Get(path)).As<Account>();
        profile.DisplayName.ShouldBe("홍길동");
        profile.StatusMessage.ShouldBe("new");
        (await user.Api.Put(path, new { status_message = (string?)null })).As<Account>().StatusMessage.ShouldBeNull();
        profile.UpdatedAt.ShouldBeGreaterThan(user.Account.UpdatedAt);
    }

    [Fact]
    public async Task Texts_that_are_too_long_are_422_and_change_nothing()
    {
        var user = await server.NewUser("Before");

        (await user.Api.Patch("/profile/me", new { display_name = new string('x', 101) })).ShouldBlame("display_name");
        (await user.Api.Patch("/profile/me", new { status_message = new string('x', 501) })).ShouldBlame("status_message");
        (await user.Api.Patch("/profile/me", new { display_name = "a\0b" })).ShouldBlame("display_name");

        (await user.Api.Get("/profile/me")).As<Account>().ShouldBe(user.Account);
    }

    [Fact]
    public async Task Texts_of_the_greatest_length_are_good()
    {
        var user = await server.NewUser();

        var body = new { display_name = new string('가', 100), status_message = new string('나', 500) };

        (await user.Api.Patch("/profile/me", body)).ShouldBe(200);
    }

    [Fact]
    public async Task A_new_display_name_reaches_the_rooms()
    {
        var user = await server.NewUser("Before");
        var friend = await server.NewUser();
        var room = await friend.RoomWith(user);
        room.Of(user).DisplayName.ShouldBe("Before");

        (await user.Api.Patch("/profile/me", new { display_name = "After" })).ShouldBe(200);

        await Eventually.Holds(
            async () => (await friend.GetRoom(room.Id)).Of(user).DisplayName == "After", "the room shows the new name");
    }
}
