namespace BigTech.Tests.EndToEnd.Accounts;

[Scenarios]
public sealed class PrivacySettingScenarios(SharedServer server)
{
    private static readonly PrivacySettings Open = new("everyone", "everyone", true);

    [Fact]
    public async Task A_new_user_is_open_to_everyone_and_a_change_leaves_what_it_does_not_name()
    {
        var ann = await server.NewUser();
        (await ann.Privacy()).ShouldBe(Open);

        (await ann.SetPrivacy(new { who_may_message = "friends" })).ShouldBe(Open with { WhoMayMessage = "friends" });
        (await ann.SetPrivacy(new { who_may_add_to_groups = "friends", findable_by_email = false }))
            .ShouldBe(new PrivacySettings("friends", "friends", false));
        (await ann.SetPrivacy(new { })).ShouldBe(new PrivacySettings("friends", "friends", false), "nothing is named");
        (await ann.SetPrivacy(new { who_may_message = (string?)null, findable_by_email = true }))
            .ShouldBe(new PrivacySettings("friends", "friends", true), "null names nothing");

        (await ann.Privacy()).ShouldBe(new PrivacySettings("friends", "friends", true));
        (await (await server.NewUser()).Privacy()).ShouldBe(Open, "settings are one's own");
    }

    [Fact]
    public async Task Unknown_values_and_fields_are_422_and_change_nothing()
    {
        var ann = await server.NewUser();

        (await ann.TrySetPrivacy(new { who_may_message = "nobody" })).ShouldBlame("who_may_message");
        (await ann.TrySetPrivacy(new { who_may_message = "friends", who_may_add_to_groups = "Friends" }))
            .ShouldBlame("who_may_add_to_groups");
        (await ann.TrySetPrivacy(new { who_may_message = 1 })).ShouldBlame("who_may_message");
        (await ann.TrySetPrivacy(new { findable_by_email = "no" })).ShouldBlame("findable_by_email");
        (await ann.TrySetPrivacy(new { who_may_mesage = "friends" })).ShouldBlame("who_may_mesage");

        (await ann.Privacy()).ShouldBe(Open);
    }
}
