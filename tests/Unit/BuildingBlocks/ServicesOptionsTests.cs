using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Services;
using Microsoft.Extensions.Configuration;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class ServicesOptionsTests
{
    [Fact]
    public void Replicas_are_separated_by_commas() =>
        Bind("http://10.0.0.7:8005, https://users.example.com,").AddressesOf("Users")
            .ShouldBe([new Uri("http://10.0.0.7:8005"), new Uri("https://users.example.com")]);

    [Theory]
    [InlineData(",")]
    [InlineData(" , ,")]
    [InlineData("users:8005")]
    [InlineData("http://users:8005,unknown")]
    [InlineData("http://users:8005/path")]
    public void What_names_no_address_is_an_error_that_names_the_setting(string text) =>
        Should.Throw<SettingException>(() => Bind(text)).Message.ShouldContain("Users");

    private static ServicesOptions Bind(string users) => OptionsBinding.Bind<ServicesOptions>(
        new ConfigurationBuilder().AddInMemoryCollection([new("Services:Users", users)]).Build(), "Services");
}
