using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Streaming;
using Microsoft.Extensions.Configuration;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class OptionsBindingTests
{
    [Fact]
    public void What_is_not_given_keeps_its_default()
    {
        var options = Bind(("Other:Name", "1"));
        (options.HeartbeatSeconds, options.MaxPerUser).ShouldBe((15, 64));
    }

    [Fact]
    public void What_is_given_counts_whatever_its_case()
    {
        var options = Bind(("streams:heartbeatSECONDS", "3"), ("Streams:RotateMinutes", "0.5"));
        (options.HeartbeatSeconds, options.RotateMinutes).ShouldBe((3, 0.5));
    }

    [Fact]
    public void An_unknown_name_is_an_error_that_names_it() =>
        Should.Throw<SettingException>(() => Bind(("Streams:HeartbeatSecond", "3"))).Message.ShouldContain("Streams:HeartbeatSecond");

    [Theory]
    [InlineData("Streams")]
    [InlineData("Streams:HeartbeatSeconds:Each")]
    public void A_value_above_or_below_a_setting_is_an_error_that_names_it(string name) =>
        Should.Throw<SettingException>(() => Bind((name, "5"))).Message.ShouldContain(name);

    [Theory]
    [InlineData("fast")]
    [InlineData("1.5")]
    [InlineData("99999999999999")]
    public void A_value_of_the_wrong_type_is_an_error_that_names_the_setting(string value) =>
        Should.Throw<SettingException>(() => Bind(("Streams:HeartbeatSeconds", value))).Message.ShouldContain("HeartbeatSeconds");

    [Theory]
    [InlineData("Streams:HeartbeatSeconds", "0")]
    [InlineData("Streams:HeartbeatSeconds", "-1")]
    [InlineData("Streams:RotateMinutes", "0")]
    [InlineData("Streams:QueueLength", "1000001")]
    public void A_value_out_of_range_is_an_error_that_names_the_setting(string name, string value)
    {
        var error = Should.Throw<SettingException>(() => Bind((name, value)));
        error.Message.ShouldContain("Streams");
        error.Message.ShouldContain(name.Split(':')[1]);
    }

    private static StreamOptions Bind(params (string Name, string Value)[] given) => OptionsBinding.Bind<StreamOptions>(
        new ConfigurationBuilder().AddInMemoryCollection(given.ToDictionary(entry => entry.Name, entry => (string?)entry.Value)).Build(),
        "Streams");
}
