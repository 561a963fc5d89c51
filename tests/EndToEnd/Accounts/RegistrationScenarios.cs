namespace BigTech.Tests.EndToEnd.Accounts;

[Scenarios]
public sealed class RegistrationScenarios(SharedServer server)
{
    public static TheoryData<string, string, string> RefusedValues() => new()
    {
        { "email", "nothing", "" },
        { "email", "no at sign", "user.example.org" },
        { "email", "no domain", "user@" },
        { "email", "no name", "@example.org" },
        { "email", "a space", "some body@example.org" },
        { "email", "256 characters", new string('a', 244) + "@example.org" },
        { "email", "a NUL", "some\0body@example.org" },
        { "username", "nothing", "" },
        { "username", "2 characters", "ab" },
        { "username", "51 characters", new string('a', 51) },
        { "username", "a space", "some body" },
        { "username", "a dash", "some-body" },
        { "username", "a line break", "username\n" },
        { "password", "7 characters", "abc4567" },
        { "password", "129 characters", "a1" + new string('x', 127) },
        { "password", "no digit", "horse-battery-staple" },
        { "password", "no letter", "8675309-8675309" },
        { "password", "a common one", "password1" },
        { "password", "a common one in capitals", "PASSWORD1" },
        { "display_name", "101 characters", new string('x', 101) },
        { "display_name", "a control character", "some\u0007body" },
    };

    [Fact]
    public async Task Register_answers_201_with_the_account_and_nothing_else()
    {
        var name = User.NewName();
        var before = DateTimeOffset.UtcNow.AddMinutes(-1);

        var answer = await server.Anonymous.Post("/auth/register", Valid(name));

        var account = answer.As<Account>(201);
        answer.Json.EnumerateObject().Select(field => field.Name).ShouldBe(
            [
                "id", "email", "email_verified", "username", "display_name", "status_message", "profile_image_url", "created_at",
                "updated_at",
            ],
            ignoreOrder: true);
        account.Email.ShouldBe($"{name}@example.org");
        account.Username.ShouldBe(name);
        account.DisplayName.ShouldBe("Some Body");
        account.CreatedAt.ShouldBeGreaterThan(before);
        answer.Json.GetProperty("created_at").GetString().ShouldNotBeNull().ShouldEndWith("Z");
    }

    [Fact]
    public async Task Without_a_display_name_the_username_is_shown()
    {
        var user = await server.NewUser();

        user.Account.DisplayName.ShouldBe(user.Account.Username);
    }

    [Theory]
    [MemberData(nameof(RefusedValues))]
    public async Task A_value_against_the_rules_is_422_and_names_its_field(string field, string why, string value)
    {
        var body = Valid(User.NewName());
        body[field] = value;

        var answer = await server.Anonymous.Post("/auth/register", body);

        answer.Status.ShouldBe(422, why);
        answer.ShouldBlame(field);
        answer.ShouldBeProblem(422).Errors.ShouldNotBeNull().Count.ShouldBe(1, answer.ToString());
    }

    [Theory]
    [InlineData("email")]
    [InlineData("username")]
    [InlineData("password")]
    public async Task A_missing_value_is_422_and_names_its_field(string field)
    {
        var body = Valid(User.NewName());
        body.Remove(field);

        (await server.Anonymous.Post("/auth/register", body)).ShouldBlame(field);
    }

    [Fact]
    public async Task The_password_may_be_neither_the_email_nor_the_username()
    {
        var name = User.NewName();
        var asUsername = Valid(name);
        asUsername["password"] = name.ToUpperInvariant();
        var asEmail = Valid(name);
        asEmail["password"] = $"{name}@example.org";

        (await server.Anonymous.Post("/auth/register", asUsername)).ShouldBlame("password");
        (await server.Anonymous.Post("/auth/register", asEmail)).ShouldBlame("password");
    }

    [Fact]
    public async Task The_password_may_not_be_the_display_name_with_digits_at_sign_up_or_later()
    {
        var name = User.NewName();
        var registration = new { email = $"{name}@example.org", username = name, password = "김민지12345", display_name = "김 민지" };

        (await server.Anonymous.Post("/auth/register", registration)).ShouldBlame("password");
        var user = await server.NewUser("김 민지");
        (await user.Api.Put("/auth/password", new { old_password = user.Password, new_password = "김민지12345" })).ShouldBlame("new_password");
    }

    [Fact]
    public async Task All_wrong_fields_are_named_at_once()
    {
        var answer = await server.Anonymous.Post("/auth/register", new { email = "user", username = "a", password = "short" });

        var errors = answer.ShouldBeProblem(422, "invalid").Errors.ShouldNotBeNull();
        errors.Keys.ShouldBe(["email", "username", "password"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(128)]
    public async Task Passwords_of_8_and_of_128_characters_are_good(int length)
    {
        var body = Valid(User.NewName());
        body["password"] = "q7" + new string('z', length - 2);

        (await server.Anonymous.Post("/auth/register", body)).ShouldBe(201);
    }

    [Theory]
    [InlineData("email")]
    [InlineData("username")]
    public async Task A_taken_name_is_409_and_says_which_whatever_its_case(string field)
    {
        var name = User.NewName();
        (await server.Anonymous.Post("/auth/register", Valid(name))).ShouldBe(201);
        var again = Valid(User.NewName());
        again[field] = Valid(name)[field].ToUpperInvariant();

        var answer = await server.Anonymous.Post("/auth/register", again);

        answer.ShouldBeProblem(409, $"{field}_taken");
        answer.Json.GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task Of_many_who_register_the_same_name_at_once_one_gets_it()
    {
        var body = Valid(User.NewName());

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Anonymous.Post("/auth/register", body)));

        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.Count(answer => answer.Status == 409).ShouldBe(19);
    }

    private static Dictionary<string, string> Valid(string name) => new()
    {
        ["email"] = $"{name}@example.org",
        ["username"] = name,
        ["password"] = $"horse-battery-{name}-7",
        ["display_name"] = "Some Body",
    };
}
