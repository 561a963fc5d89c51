using BigTech.Users.Passwords;

namespace BigTech.Tests.Integration.Users;

public sealed class DeviceTokensTests
{
    private const long User = 42;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    private readonly ManualTime _time = new();
    private readonly DeviceTokens _tokens;

    public DeviceTokensTests() => _tokens = New(1);

    [Fact]
    public void A_token_names_its_device_to_its_user_until_it_expires()
    {
        var device = Guid.NewGuid();
        var token = _tokens.Issue(User, device);
        _tokens.DeviceOf(token, User).ShouldBe(device);
        _tokens.DeviceOf(token, User + 1).ShouldBeNull();
        _time.Advance(Lifetime - TimeSpan.FromSeconds(1));
        _tokens.DeviceOf(token, User).ShouldBe(device);
        _tokens.DeviceOf(_tokens.Issue(User, device), User).ShouldBe(device);
        _time.Advance(TimeSpan.FromSeconds(1));
        _tokens.DeviceOf(token, User).ShouldBeNull();
    }

    [Fact]
    public void Each_new_device_is_another_one() =>
        _tokens.DeviceOf(_tokens.Issue(User, null), User).ShouldNotBe(_tokens.DeviceOf(_tokens.Issue(User, null), User));

    [Fact]
    public void Replicas_with_the_same_key_know_each_others_devices_and_no_other_key_does()
    {
        var token = _tokens.Issue(User, null);
        New(1).DeviceOf(token, User).ShouldNotBeNull();
        New(2).DeviceOf(token, User).ShouldBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("rubbish")]
    [InlineData("AA==")]
    [InlineData("?????")]
    public void Anything_else_is_no_device(string? presented) => _tokens.DeviceOf(presented, User).ShouldBeNull();

    [Fact]
    public void Not_one_character_may_differ_nor_be_more_or_less()
    {
        var token = _tokens.Issue(User, null);
        for (var i = 0; i < token.Length - 1; i++)
        {
            var other = token[i] == 'A' ? 'B' : 'A';
            _tokens.DeviceOf($"{token[..i]}{other}{token[(i + 1)..]}", User).ShouldBeNull($"character {i}");
        }
        _tokens.DeviceOf(token[..^4], User).ShouldBeNull();
        _tokens.DeviceOf(token + "AAAA", User).ShouldBeNull();
        _tokens.DeviceOf(new string('A', 10_000), User).ShouldBeNull();
    }

    private DeviceTokens New(byte seed) => new([.. Enumerable.Repeat(seed, 32)], Lifetime, _time);
}
