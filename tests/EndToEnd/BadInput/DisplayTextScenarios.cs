namespace BigTech.Tests.EndToEnd.BadInput;

/// <summary>One rule for what people see among the names and texts of others, and one form of it.</summary>
[Scenarios]
public sealed class DisplayTextScenarios(SharedServer server)
{
    private const string Turned = "\u202Enimda";
    private const string Decomposed = "\u1100\u1175\u11B7 \u1106\u1175\u11AB\u110C\u1175";
    private const string Composed = "김 민지";

    [Theory]
    [InlineData("\u202Enimda")]
    [InlineData("Ann\uFE0F")]
    [InlineData("🏴\U000E0068\U000E0069\U000E007F")]
    public async Task No_name_or_text_turns_or_hides_anything(string text)
    {
        var (ann, bob) = (await server.NewUser(), await server.NewUser());
        var room = (await ann.CreateGroup("group", bob)).Id;

        (await ann.Api.Patch("/profile/me", new { display_name = text })).ShouldBlame("display_name");
        (await ann.Api.Put("/profile/me", new { display_name = "A", status_message = text })).ShouldBlame("status_message");
        (await ann.Api.Put($"/chat-rooms/{room}", new { name = text })).ShouldBlame("name");
        (await ann.Api.Post("/chat-rooms", new { name = text, participant_ids = new[] { bob.Id } })).ShouldBlame("name");
        (await ann.Api.Post("/friends/request", new { target_user_id = bob.Id, message = text })).ShouldBlame("message");
    }

    [Fact]
    public async Task Names_are_stored_in_one_form_and_messages_as_they_were_typed()
    {
        var (ann, bob) = (await server.NewUser(Decomposed), await server.NewUser());
        var room = (await ann.CreateGroup(Decomposed, bob)).Id;

        ann.Account.DisplayName.ShouldBe(Composed);
        (await bob.GetRoom(room)).Name.ShouldBe(Composed);
        (await ann.Send(room, Decomposed)).Content.ShouldBe(Decomposed);
        (await ann.Send(room, Turned)).Content.ShouldBe(Turned);
    }

    [Fact]
    public async Task A_password_typed_on_another_system_signs_in()
    {
        var name = User.NewName();
        var email = $"{name}@example.org";
        (await server.Anonymous.Post("/auth/register", new { email, username = name, password = $"{Composed} 0407" })).ShouldBe(201);

        var session = (await server.Anonymous.Post("/auth/login", new { email, password = $"{Decomposed} 0407" })).As<Tokens>();

        (await server.Anonymous.PostForm("/auth/login", ("username", email), ("password", $"{Decomposed} 0407"))).ShouldBe(200);
        var change = new { old_password = $"{Decomposed} 0407", new_password = $"{Decomposed} 0408" };
        (await server.Anonymous.With(session.AccessToken).Put("/auth/password", change)).ShouldBe(204);
        (await server.Anonymous.Post("/auth/login", new { email, password = $"{Composed} 0408" })).ShouldBe(200);
    }
}
