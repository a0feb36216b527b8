import ArgumentParser

/// The options for the messages of templates, and for the samples that templates are created with.
struct TemplateOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Name of the template, for a template message.", valueName: "NAME"))
  var template: String?

  @Option(help: ArgumentHelp("Language of the template, such as en or en_US.", valueName: "CODE"))
  var language: String?

  @Option(
    help: ArgumentHelp(
      "Card of a carousel, counted from 0, at template-card-image or template-card-video.", valueName: "INDEX"
    ))
  var card: String?

  @Option(
    help: ArgumentHelp(
      "Handle of the sample that a template is created with, at template-sample.", valueName: "HANDLE"))
  var headerHandle: String?
}
